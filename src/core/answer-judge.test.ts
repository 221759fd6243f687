import { describe, expect, test } from "bun:test";
import {
  isPage,
  isTooComplex,
  judgeAnswer,
  pageFault,
  quoteText,
  readFailure,
  statusFault,
} from "./answer-judge.ts";
import { DEFAULT_STRUCTURE } from "./structure.ts";
import { chat } from "./dialects/chat.ts";
import { other } from "./dialects/other.ts";
import type { Rule } from "./fault.ts";
import { toErrorBody } from "./error-body.ts";
import { readClaim } from "./claim.ts";

const REQUEST = { messages: [{ role: "user", content: "Hi" }] };
const CHOICE = {
  index: 0,
  message: { role: "assistant", content: "Hello" },
  finish_reason: "stop",
};
const GOOD = JSON.stringify({ id: "gen-1", choices: [CHOICE] });

const judge = (body: string) =>
  judgeAnswer(body, REQUEST, chat, isTooComplex(body, DEFAULT_STRUCTURE));

/** The rule and the status of a body that is not to be relayed. */
function repairOf(body: string) {
  const { fault } = judge(body);
  return fault && { rule: fault.rule, status: readClaim(200, fault).status };
}

/** The body under which a failed answer with this status reaches the client. */
function errorOf(status: number, body: string) {
  const fault = readFailure(status, body);
  return toErrorBody(readClaim(status, fault), fault);
}

describe("judgeAnswer", () => {
  const relayed: [title: string, body: string][] = [
    ["as it is", GOOD],
    ["behind white space", `\n \t\r\n${GOOD}`],
    ["behind a byte order mark", `\uFEFF${GOOD}`],
    ["behind keep-alive comments", `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${GOOD}`],
    ["behind keep-alive comments with CRLF", `\r\n: OPENROUTER PROCESSING\r\n\r\n${GOOD}`],
    ["with a null error", JSON.stringify({ error: null, choices: [CHOICE] })],
    ["with an empty error", JSON.stringify({ error: {}, choices: [CHOICE] })],
    ["with a message and a code", JSON.stringify({ message: "", code: 500, choices: [CHOICE] })],
    ["that talks about errors", GOOD.replace("Hello", '{\\"error\\":{\\"code\\":429}}')],
  ];
  test.each(relayed)("a good answer %s is relayed", (_title, body) => {
    const { value, fault } = judge(body);
    expect(fault).toBeUndefined();
    expect(value).toHaveProperty("choices");
  });

  const repaired: [title: string, body: string, rule: Rule, status: number][] = [
    ["an empty body", "", "empty-body", 502],
    ["a blank body", " \r\n\t ", "empty-body", 502],
    ["a body of keep-alive comments", ": OPENROUTER PROCESSING\n\n", "empty-body", 502],
    ["half a JSON text", GOOD.slice(0, 40), "not-json", 502],
    ["a text", "Internal Server Error", "not-json", 502],
    ["a JSON text and more", `${GOOD}${GOOD}`, "not-json", 502],
    ["a top-level error", '{"error":{"message":"x","code":429}}', "error-in-body", 429],
    ["a padded error", '  \n\n{"error":{"code":504}}', "error-in-body", 504],
    ["an error behind comments", ': a\n\n{"error":{"code":504}}', "error-in-body", 504],
    ["an error that is a text", '{"error":"No"}', "error-in-body", 502],
    ["an array with an error", '[{"error":{"code":400}}]', "error-in-body", 400],
    ["a bare error", '{"message":"No","code":503}', "error-in-body", 503],
    [
      "an error beside good choices",
      JSON.stringify({ error: { code: 502 }, choices: [CHOICE] }),
      "error-in-body",
      502,
    ],
    [
      "an error before the error of a choice",
      JSON.stringify({ error: { code: 429 }, choices: [{ ...CHOICE, error: { code: 500 } }] }),
      "error-in-body",
      429,
    ],
    [
      "the error of a choice",
      JSON.stringify({ choices: [{ ...CHOICE, error: { code: 500 } }] }),
      "error-in-choice",
      500,
    ],
    ["no choices", '{"id":"gen-1"}', "no-answer", 502],
    ["an empty object", "{}", "no-answer", 502],
    ["an array", "[]", "no-answer", 502],
    ["null", "null", "no-answer", 502],
    ["a JSON text", '"Hello"', "no-answer", 502],
    ["a number", "42", "no-answer", 502],
  ];
  test.each(repaired)(
    "%s is repaired: %j breaks the rule %s and is %d",
    (_title, body, rule, status) => {
      expect(repairOf(body)).toEqual({ rule, status });
    },
  );
});

test.each([
  { id: "a", status: "failed", error: { code: 500 } },
  { id: 17, status: "failed", error: "boom" },
  [
    { id: "a", status: "failed", error: { code: 500 } },
    { id: "b", status: "completed" },
  ],
])("on an endpoint without a dialect, jobs that failed are an answer: %j", (value) => {
  const verdict = judgeAnswer(JSON.stringify(value), {}, other, false);
  expect(verdict).toMatchObject({ fault: undefined, isJob: true });
});

describe("readFailure", () => {
  const bodies: [title: string, body: string, message: string, code: string][] = [
    [
      "OpenRouter's error",
      '{"error":{"message":"No credits","code":402}}',
      "No credits",
      "insufficient_quota",
    ],
    [
      "an error with a word",
      '{"error":{"message":"No credits","code":"weird"}}',
      "No credits",
      "weird",
    ],
    ["an error behind padding", '\n\n: x\n{"error":{"message":"No"}}', "No", "insufficient_quota"],
    ["an error that is a text", '{"error":"No"}', "No", "insufficient_quota"],
    ["an array with an error", '[{"error":{"message":"No"}}]', "No", "insufficient_quota"],
    ["an object with a message", '{"message":"No","type":"weird"}', "No", "weird"],
    ["a text", "  No credits\n", "No credits", "insufficient_quota"],
    ["a JSON text", '"No credits"', "No credits", "insufficient_quota"],
    ["a JSON array", "[1,2]", "[1,2]", "insufficient_quota"],
    ["half a JSON text", '{"error":{"mess', '{"error":{"mess', "insufficient_quota"],
    [
      "a page",
      "<!DOCTYPE html>\n<html><head><style>p { }</style></head><body>\n<p>No</p> <b>credits</b>",
      "No credits",
      "insufficient_quota",
    ],
    [
      "an event stream",
      ': OPENROUTER PROCESSING\n\ndata: {"error":{"message":"No","code":402}}\n\n',
      "No",
      "insufficient_quota",
    ],
    [
      "an event stream without a blank line at its end",
      'data: {"choices":[]}\n\nevent: error\ndata: {"error":{"message":"No"}}',
      "No",
      "insufficient_quota",
    ],
  ];
  test.each(bodies)("%s becomes an error in OpenAI's form: %j", (_title, body, message, code) => {
    const { error } = errorOf(402, body);
    expect(error).toMatchObject({ message, type: "insufficient_quota", param: null, code });
    expect(readFailure(402, body).rule).toBe("error-status");
  });

  test.each([
    "",
    " \n",
    "null",
    "{}",
    '{"error":{}}',
    '{"error":null}',
    "<html></html>",
    "data: 1",
  ])("a body of %j never leaves the message empty", (body) => {
    expect(errorOf(503, body).error.message).not.toBe("");
  });

  test("without a message, the sentence names the status", () => {
    expect(errorOf(503, "").error.message).toContain("503");
  });

  test("fields that are no error object stay beside it", () => {
    expect(errorOf(400, '{"detail":"Bad","id":7}')).toMatchObject({ detail: "Bad", id: 7 });
    expect(readFailure(400, '{"detail":"Bad"}').rule).toBe("error-status");
  });

  test("fields beside the error stay beside it", () => {
    expect(errorOf(400, '{"error":{"message":"No"},"id":7}')["id"]).toBe(7);
  });

  test("an error in the body never changes the status", () => {
    const fault = readFailure(403, '{"error":{"message":"No","code":500}}');
    expect(readClaim(403, fault).status).toBe(403);
  });
});

describe("statusFault", () => {
  test.each([201, 204, 206, 301, 302, 307, 308])(
    "the status %d, whatever its body says, is a 502 that names it",
    (status) => {
      const fault = statusFault(status, '{"error":{"code":429,"message":"No"}}', chat);
      expect(fault.rule).toBe("unexpected-status");
      expect(readClaim(status, fault).status).toBe(502);
      expect(fault.sentence).toContain(String(status));
    },
  );

  test.each([400, 401, 404, 429, 500, 520, 529])("the status %d is kept", (status) => {
    const fault = statusFault(status, '{"error":{"code":408,"message":"No"}}', chat);
    expect(fault).toMatchObject({ rule: "error-status", error: { message: "No" } });
    expect(readClaim(status, fault).status).toBe(status);
  });
});

describe("isPage", () => {
  const answers: [contentType: string, body: string, isHtml: boolean][] = [
    ["text/html; charset=utf-8", "Hello", true],
    ["application/xhtml+xml", "<x/>", true],
    ["text/plain", "<!DOCTYPE html><html></html>", true],
    ["text/plain", "\n<html lang=en>", true],
    ["application/xml", '<?xml version="1.0"?>\n<!DOCTYPE html><html></html>', true],
    ["application/rss+xml", '<?xml version="1.0"?>\n<rss version="2.0"></rss>', false],
    ["application/xml", "<!DOCTYPE rss><rss></rss>", false],
    ["text/plain", "<htmlish>", false],
    ["text/plain", "<b>Hello</b>", false],
  ];
  test.each(answers)("of %s that begins with %j it is %p", (contentType, body, isHtml) => {
    expect(isPage(new Headers({ "content-type": contentType }), body)).toBe(isHtml);
  });
});

describe("pageFault", () => {
  test("a page with status 200 is a 502 that quotes it, with its content type", () => {
    const headers = new Headers({ "content-type": "text/html; charset=utf-8" });
    const fault = pageFault(headers, "<html><title>Just a moment</title></html>");
    expect(fault.rule).toBe("unexpected-form");
    expect(readClaim(200, fault).status).toBe(502);
    expect(fault.sentence).toContain("text/html; charset=utf-8: Just a moment");
  });

  test("a text without a content type is quoted as well", () => {
    const { sentence } = pageFault(new Headers(), "Service down\n");
    expect(sentence).toContain("no content type: Service down");
  });

  const page = new Headers({ "content-type": "text/html" });
  test.each(["", " \r\n"])("a body of %j is empty", (body) => {
    expect(pageFault(page, body).rule).toBe("empty-body");
  });

  test("a page without words is not called empty", () => {
    expect(pageFault(page, "<html></html>").sentence).toContain("text/html: no words");
  });
});

describe("quoteText", () => {
  const texts: [title: string, text: string, words: string][] = [
    ["a text, without the space around it", " \n Bad\nGateway \n", "Bad\nGateway"],
    [
      "a page, without its mark-up, styles and scripts",
      '<html>\n<style>a{}</style><script type="x">b<c</script><h1>502</h1>\n<p>Bad Gateway</p>',
      "502 Bad Gateway",
    ],
    ["an XML document, without its mark-up", '<?xml version="1.0"?><Error>No</Error>', "No"],
    ["a text with angle brackets, with them", "a <b> c", "a <b> c"],
    ["nothing", " ", ""],
  ];
  test.each(texts)("the words of a body are those of %s", (_title, text, words) => {
    expect(quoteText(text)).toBe(words);
  });

  test("a long text is shortened", () => {
    expect(quoteText("x".repeat(100_000))).toBe("x".repeat(1000));
  });
});

test("a page made of nothing but brackets is quoted in no time", () => {
  const startedAt = performance.now();
  for (const part of ["<", "<script>"]) quoteText(`<html>${part.repeat(200_000)}`);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test("a reason that is no text is no reason, and breaks nothing", () => {
  const choice = { message: { content: "Hi" }, native_finish_reason: { toString: 1 } };
  const answer = JSON.stringify({ choices: [choice] });
  expect(judgeAnswer(answer, { messages: [] }, chat, false).fault).toBeUndefined();
});
