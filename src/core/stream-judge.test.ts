import { describe, expect, test } from "bun:test";
import { chat } from "./dialects/chat.ts";
import { messages } from "./dialects/messages.ts";
import { other } from "./dialects/other.ts";
import { responses } from "./dialects/responses.ts";
import { cutFault, type Fault, type Rule, silenceFault } from "./fault.ts";
import { readClaim } from "./claim.ts";
import type { Dialect } from "./dialect.ts";
import type { Facts, Step } from "./steps.ts";
import { StreamJudge, type StreamEnding } from "./stream-judge.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** One event whose data is the JSON of a value. */
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const choices = (...list: object[]) => event({ id: "gen-1", choices: list });
const delta = (content: string, index = 0) =>
  choices({ index, delta: { content }, finish_reason: null });
const finish = (reason: string, index = 0) => choices({ index, delta: {}, finish_reason: reason });

const COMMENT = ": OPENROUTER PROCESSING\n\n";
const ROLE = choices({ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null });
const USAGE = event({ choices: [], usage: { completion_tokens: 3 } });
const HELLO = delta("Hello");
const STOP = finish("stop");
const DONE = "data: [DONE]\n\n";
const ERROR = event({ error: { message: "Rate limited", code: 429 } });

/** What became of a whole stream: what the client gets of it, and how it ended. */
interface Outcome {
  text: string;
  decided: boolean;
  ending: "whole" | { rule: Rule; status: number; midEvent: boolean };
}

function judgeBytes(chunks: Uint8Array[], maxEventBytes = Number.POSITIVE_INFINITY): Outcome {
  const judge = new StreamJudge(chat, { maxEventBytes: maxEventBytes });
  const bytes: Uint8Array[] = [];
  for (const chunk of chunks) {
    const reading = judge.feed(chunk);
    bytes.push(...reading.bytes);
    if (reading.ending) return outcomeOf(bytes, judge.isDecided, reading.ending);
  }
  const { bytes: last, ending } = judge.end();
  return outcomeOf([...bytes, ...last], judge.isDecided, ending);
}

function outcomeOf(bytes: Uint8Array[], decided: boolean, ending?: StreamEnding): Outcome {
  if (ending === undefined) throw new Error("The stream has no ending.");
  const text = decoder.decode(Buffer.concat(bytes));
  if (ending.kind === "whole") return { text, decided, ending: "whole" };
  const { fault, midEvent } = ending;
  return {
    text,
    decided,
    ending: { rule: fault.rule, status: readClaim(200, fault).status, midEvent },
  };
}

const chunks = (...texts: string[]) => texts.map((text) => encoder.encode(text));
const judgeText = (...texts: string[]) => judgeBytes(chunks(...texts));

/** The judge after a stream's beginning, which has no ending yet. */
function judgeAfter(...texts: string[]) {
  const judge = new StreamJudge(chat, { maxEventBytes: Number.POSITIVE_INFINITY });
  for (const text of texts) judge.feed(encoder.encode(text));
  return judge;
}

describe("what decides a stream", () => {
  const undecided: [title: string, text: string][] = [
    ["nothing", ""],
    ["comments", COMMENT.repeat(3)],
    ["blank lines", "\n\n\n"],
    ["retry and id lines", "retry: 100\n\nid: 7\n\n"],
    ["a name without data", "event: ping\n\n"],
    ["empty deltas", choices({ index: 0, delta: {} })],
    ["deltas of a role", ROLE],
    ["usage without choices", USAGE],
    ["debug information without choices", event({ choices: [], debug: {} })],
    ["a null error", event({ choices: [], error: null })],
    ["half an event", HELLO.slice(0, -1)],
    ["another kind of object", event({ type: "response.created", response: {} })],
  ];
  test.each(undecided)("%s: nothing is decided", (_title, text) => {
    const judge = new StreamJudge(chat, { maxEventBytes: Number.POSITIVE_INFINITY });
    expect(judge.feed(encoder.encode(text)).ending).toBeUndefined();
    expect(judge.isDecided).toBe(false);
  });

  const answers: [title: string, text: string][] = [
    ["text", HELLO],
    ["text behind a role", ROLE + HELLO],
    ["reasoning", choices({ index: 0, delta: { reasoning: "Hm" } })],
    ["a refusal", choices({ index: 0, delta: { refusal: "No" } })],
    ["a tool call", choices({ index: 0, delta: { tool_calls: [{ index: 0, id: "call_1" }] } })],
    ["a function call", choices({ index: 0, delta: { function_call: { name: "f" } } })],
    ["audio", choices({ index: 0, delta: { audio: { data: "x" } } })],
    ["images", choices({ index: 0, delta: { images: [{ image_url: { url: "data:," } }] } })],
    ["a finish reason alone", STOP],
    ["length without text", finish("length")],
    ["text of the second choice", delta("Hello", 1)],
  ];
  test.each(answers)("%s: there is an answer, and all of it goes out unchanged", (_title, text) => {
    const judge = new StreamJudge(chat, { maxEventBytes: Number.POSITIVE_INFINITY });
    const { bytes, ending } = judge.feed(encoder.encode(text));
    expect(judge.isDecided).toBe(true);
    expect(ending).toBeUndefined();
    expect(decoder.decode(Buffer.concat(bytes))).toBe(text);
  });

  const failures: [title: string, text: string, rule: Rule, status: number][] = [
    ["an error", ERROR, "error-in-event", 429],
    ["an error behind comments and a role", COMMENT + ROLE + ERROR, "error-in-event", 429],
    ["an error that is a text", event({ error: "No" }), "error-in-event", 502],
    [
      "an error beside choices",
      event({ error: { code: 503 }, choices: [] }),
      "error-in-event",
      503,
    ],
    [
      "an error beside text",
      event({ error: { code: 503 }, choices: [{ delta: { content: "a" } }] }),
      "error-in-event",
      503,
    ],
    ["a bare error", event({ message: "No", code: 504 }), "error-in-event", 504],
    ["an array with an error", event([{ error: { code: 400 } }]), "error-in-event", 400],
    [
      "an error of several lines of data",
      'data: {"error":\ndata: {"code":\ndata: 408}}\n\n',
      "error-in-event",
      408,
    ],
    ["an error without a space", 'data:{"error":{"code":408}}\n\n', "error-in-event", 408],
    ["a named error event", `event: error\n${ERROR}`, "error-in-event", 429],
    [
      "a named error event without `error`",
      'event: error\ndata: {"message":"No","code":401}\n\n',
      "error-in-event",
      401,
    ],
    [
      "a named error event with a word",
      'event: error\ndata: {"type":"overloaded_error"}\n\n',
      "error-in-event",
      503,
    ],
    ["a named error event whose data is blank", "event: error\ndata: \n\n", "error-in-event", 502],
    [
      "a named error event that is a text",
      "event: error\ndata: Service down\n\n",
      "error-in-event",
      502,
    ],
    ["a bare JSON line", '{"error":{"message":"No","code":402}}\n\n', "error-in-event", 402],
    [
      "a bare JSON line with an error inside a choice",
      '{"choices":[{"error":{"message":"No","code":429}}]}\n\n',
      "error-in-choice",
      429,
    ],
    [
      "a bare JSON line behind comments",
      `${COMMENT}{"error":{"code":402}}\n`,
      "error-in-event",
      402,
    ],
    [
      "bare JSON of several lines",
      '{\n  "error": {\n    "code": 402\n  }\n}\n',
      "error-in-event",
      402,
    ],
    [
      "the error of a choice",
      choices({ index: 0, delta: {}, error: { code: 502 } }),
      "error-in-choice",
      502,
    ],
    ["finish_reason error", finish("error"), "error-in-choice", 502],
    [
      "a failed native finish reason",
      choices({ index: 0, delta: {}, finish_reason: "stop", native_finish_reason: "error" }),
      "failed-generation",
      502,
    ],
    ["data that is not JSON", "data: oops\n\n", "malformed-event", 502],
    ["data that is empty, which is a heartbeat", "data:\n\n", "ended-early", 502],
    ["half a JSON text, whole as an event", 'data: {"choices":[{"ind\n\n', "malformed-event", 502],
    ["[DONE] first", DONE, "ended-early", 502],
    ["[DONE] without a space first", "data:[DONE]\n\n", "ended-early", 502],
    ["[DONE] behind a role", ROLE + DONE, "ended-early", 502],
    ["[DONE] behind usage without tokens", event({ usage: {} }) + DONE, "ended-early", 502],
    ["an end at once", "", "ended-early", 502],
    ["an end behind comments", COMMENT, "ended-early", 502],
    ["an end behind a role", ROLE, "ended-early", 502],
    ["an end within the first event", HELLO.slice(0, 20), "malformed-event", 502],
    ["an error without a blank line behind it", ERROR.trimEnd(), "error-in-event", 429],
    ["a healthy bare JSON line", '{"choices":[]}\n', "ended-early", 502],
  ];
  test.each(failures)("%s: the stream is a failure (%j: %s, %d)", (_title, text, rule, status) => {
    const outcome = judgeText(text);
    expect(outcome.decided).toBe(false);
    expect(outcome.ending).toEqual({ rule, status, midEvent: false });
  });

  test("a fault keeps what stood beside the error", () => {
    const text = event({ id: "gen-1", choices: [], error: { code: 429 } });
    const { ending } = new StreamJudge(chat, { maxEventBytes: 1000 }).feed(encoder.encode(text));
    expect(ending).toMatchObject({ fault: { beside: { id: "gen-1", choices: [] } } });
  });
});

describe("a stream in which something was said", () => {
  const whole: [title: string, text: string, sent: string][] = [
    ["a finish reason and [DONE]", HELLO + STOP + DONE, HELLO + STOP + DONE],
    ["a finish reason, usage and [DONE]", HELLO + STOP + USAGE + DONE, HELLO + STOP + USAGE + DONE],
    ["comments among the events", COMMENT + HELLO + COMMENT + STOP + DONE, HELLO + STOP + DONE],
    ["[DONE] without a finish reason", HELLO + DONE, HELLO + DONE],
    ["a finish reason, but no [DONE]", HELLO + STOP, HELLO + STOP + DONE],
    ["a finish reason alone", STOP, STOP + DONE],
    ["white space around [DONE]", `${HELLO}${STOP}data:  [DONE] \n\n`, HELLO + STOP + DONE],
    ["tokens that were counted, but no text", ROLE + USAGE, ROLE + USAGE + DONE],
    ["a finish reason and usage, but no [DONE]", HELLO + STOP + USAGE, HELLO + STOP + USAGE + DONE],
    ["no blank line at its end", HELLO + STOP.trimEnd(), HELLO + STOP + DONE],
    [
      "[DONE] and no blank line at its end",
      HELLO + STOP + DONE.trimEnd(),
      HELLO + STOP + DONE.trimEnd(),
    ],
    ["an event behind [DONE], which is dropped", HELLO + STOP + DONE + HELLO, HELLO + STOP + DONE],
    ["an error behind [DONE], which is dropped", HELLO + STOP + DONE + ERROR, HELLO + STOP + DONE],
    [
      "a text that is about errors",
      delta('{"error":{"code":500}}') + STOP + DONE,
      delta('{"error":{"code":500}}') + STOP + DONE,
    ],
    [
      "events that nobody knows",
      HELLO + event({ new: 1 }) + STOP + DONE,
      HELLO + event({ new: 1 }) + STOP + DONE,
    ],
    [
      "names and ids",
      `event: message\nid: 7\n${HELLO}${STOP}${DONE}`,
      `event: message\nid: 7\n${HELLO}${STOP}${DONE}`,
    ],
  ];
  test.each(whole)("a stream with %s is whole", (_title, text, sent) => {
    expect(judgeText(text)).toEqual({ text: sent, decided: true, ending: "whole" });
  });

  const failed: [title: string, text: string, sent: string, rule: Rule, status: number][] = [
    ["an error", HELLO + ERROR, HELLO, "error-in-event", 429],
    ["an error and more", HELLO + ERROR + HELLO + DONE, HELLO, "error-in-event", 429],
    [
      "a named error event",
      `${HELLO}event: error\ndata: {"message":"No"}\n\n`,
      HELLO,
      "error-in-event",
      502,
    ],
    ["a bare JSON line", `${HELLO}{"error":{"code":503}}\n\n`, HELLO, "error-in-event", 503],
    [
      "the error of a choice",
      HELLO + choices({ index: 0, error: { code: 504 } }),
      HELLO,
      "error-in-choice",
      504,
    ],
    ["finish_reason error", HELLO + finish("error") + DONE, HELLO, "error-in-choice", 502],
    [
      "an error in the event of the finish reason",
      HELLO + event({ error: { code: 503 }, choices: [{ index: 0, finish_reason: "error" }] }),
      HELLO,
      "error-in-event",
      503,
    ],
    [
      "data that is not JSON",
      `${HELLO}data: oops\n\n${STOP}${DONE}`,
      HELLO,
      "malformed-event",
      502,
    ],
    ["an end without a finish reason", HELLO + HELLO, HELLO + HELLO, "ended-early", 502],
    ["half an event at its end", HELLO + HELLO.slice(0, 30), HELLO, "malformed-event", 502],
    ["comments at its end", HELLO + COMMENT, HELLO, "ended-early", 502],
  ];
  test.each(failed)("a stream with %s fails", (_title, text, sent, rule, status) => {
    const ending = { rule, status, midEvent: false };
    expect(judgeText(text)).toEqual({ text: sent, decided: true, ending });
  });

  const late: [title: string, last: string, sent: string][] = [
    [
      "an error in the usage event",
      event({ choices: [], usage: { a: 1 }, error: { message: "Token limit reached", code: 400 } }),
      event({ choices: [], usage: { a: 1 } }),
    ],
    [
      "an error of its choice",
      choices({ index: 0, delta: {}, error: { code: 500 } }),
      choices({ index: 0, delta: {} }),
    ],
    ["a null error", event({ choices: [], error: null }), event({ choices: [] })],
  ];
  test.each(late)("%s behind the finish reason does not undo the answer", (_title, last, sent) => {
    const text = HELLO + finish("length") + sent + DONE;
    const kept: Outcome = { text, decided: true, ending: "whole" };
    expect(judgeText(HELLO + finish("length") + last + DONE)).toEqual(kept);
    expect(judgeText(HELLO + finish("length") + last)).toEqual(kept);
  });
});

test("a stray line that reports no error decides nothing, not even as a failed end", () => {
  const line = '{"choices":[{"finish_reason":"stop","native_finish_reason":"error"}]}\n\n';
  const { decided, ending } = judgeText(line + HELLO + STOP + DONE);
  expect({ decided, ending }).toEqual({ decided: true, ending: "whole" });
});

describe("an event that is nothing but an error, behind the finish reason", () => {
  const events: [title: string, last: string][] = [
    ["an error", ERROR],
    ["a bare error", event({ message: "Token limit reached", code: 400 })],
    ["a named error event", 'event: error\ndata: {"message":"Token limit reached"}\n\n'],
  ];
  test.each(events)("%s is dropped, and the rest goes out unchanged", (_title, last) => {
    const outcome = judgeText(HELLO + STOP + last + COMMENT + USAGE + DONE);
    const text = HELLO + STOP + USAGE + DONE;
    expect(outcome).toEqual({ text, decided: true, ending: "whole" });
  });
});

describe("a stream of several choices", () => {
  const both = delta("a", 0) + delta("b", 1);

  test("it is whole when each of them has finished", () => {
    const text = both + finish("stop", 0) + finish("length", 1);
    expect(judgeText(text)).toEqual({ text: text + DONE, decided: true, ending: "whole" });
  });

  test("it is not whole while one of them is open", () => {
    const text = both + finish("stop", 0);
    expect(judgeText(text)).toMatchObject({ text, ending: { rule: "ended-early", status: 502 } });
  });

  test("an error behind the first finish reason still fails it", () => {
    const text = both + finish("stop", 0);
    expect(judgeText(text + ERROR)).toMatchObject({ text, ending: { status: 429 } });
    const failedChoice = choices({ index: 1, delta: {}, finish_reason: "error" });
    expect(judgeText(text + failedChoice)).toMatchObject({
      text,
      ending: { rule: "error-in-choice" },
    });
  });

  test("a choice that only began with its role is open as well", () => {
    const role = choices({ index: 1, delta: { role: "assistant" } });
    expect(judgeText(role + HELLO + STOP)).toMatchObject({ ending: { rule: "ended-early" } });
  });

  test("choices that share one event are told apart", () => {
    const shared = choices(
      { index: 0, delta: { content: "a" } },
      { index: 1, delta: {}, finish_reason: "stop" },
    );
    expect(judgeText(shared)).toMatchObject({ ending: { rule: "ended-early" } });
    expect(judgeText(shared + STOP).ending).toBe("whole");
  });

  test("an event behind a choice's end, as that of the usage, does not open it again", () => {
    const usage = event({ choices: [{ index: 0, delta: { content: "" } }], usage: { a: 1 } });
    expect(judgeText(HELLO + STOP + usage)).toEqual({
      text: HELLO + STOP + usage + DONE,
      decided: true,
      ending: "whole",
    });
  });
});

test("a finish is an answer, though without text: a later choice that failed natively undoes nothing", () => {
  const failed = choices({ index: 1, finish_reason: "stop", native_finish_reason: "error" });
  const text = finish("stop") + failed + DONE;
  expect(judgeText(text)).toEqual({ text, decided: true, ending: "whole" });
});

describe("an error with more structure than any honest one has", () => {
  const deep = JSON.stringify({ error: { code: 429, metadata: [[[]]] } });

  test.each([
    ["as an event passes unjudged", `data: ${deep}\n\n`, true],
    ["as a stray line is not read", `${deep}\n\n`, false],
  ])("%s", (_title, text, isDecided) => {
    const structure = { maxDepth: 3, maxContainers: 10 };
    const judge = new StreamJudge(chat, { maxEventBytes: 1e6, structure });
    const { bytes, ending } = judge.feed(encoder.encode(text));
    expect(ending).toBeUndefined();
    expect(judge.isDecided).toBe(isDecided);
    expect(decoder.decode(Buffer.concat(bytes))).toBe(text);
  });
});

const hideKey = (text: string) => text.replaceAll("made-up-key", "[key]");

test.each([
  ["has too much structure", 'data: {"error":"made-up-key","a":[[[]]]}\n\n'],
  ["has too many lines", `${"id:\n".repeat(50_001)}data: {"error":"made-up-key"}\n\n`],
  ["is too large", `data: {"error":"made-up-key","a":"${"a".repeat(1_000_000)}"}\n\n`],
])("an event that %s to be judged goes out without secrets", (_title, text) => {
  const structure = { maxDepth: 3, maxContainers: 10 };
  const judge = new StreamJudge(chat, { maxEventBytes: 1e6, structure, hide: hideKey });
  const { bytes } = judge.feed(encoder.encode(text));
  expect(decoder.decode(Buffer.concat(bytes))).toBe(hideKey(text));
});

test("of an event of more than a million bytes no error in band is made", () => {
  const judge = judgeAfter(HELLO);
  const large = JSON.stringify({ x: "a".repeat(2 ** 20), error: { code: 429, message: "No" } });
  const { ending } = judge.feed(encoder.encode(`data: ${large}\n\n`));
  expect(ending?.kind).toBe("failed");
  expect(judge.context).toMatchObject({ event: undefined, before: { choices: [{}] } });
});

describe("a stream that is interrupted", () => {
  const interruptions: [title: string, fault: Fault, rule: Rule, status: number][] = [
    ["a cut", cutFault(), "cut", 502],
    ["silence", silenceFault(240_000), "silence", 504],
  ];
  test.each(interruptions)(
    "%s fails it, and half an event is dropped",
    (_title, fault, rule, status) => {
      const { bytes, ending } = judgeAfter(HELLO, HELLO.slice(0, 30)).end(fault);
      expect(outcomeOf(bytes, true, ending)).toEqual({
        text: "",
        decided: true,
        ending: { rule, status, midEvent: false },
      });
    },
  );

  test("a cut before anything was said fails it", () => {
    const judge = judgeAfter(COMMENT, ROLE);
    expect(judge.end(cutFault()).ending).toMatchObject({ kind: "failed", fault: { rule: "cut" } });
    expect(judge.isDecided).toBe(false);
  });

  test.each([
    ["tokens that were counted", [ROLE, USAGE]],
    ["usage without tokens", [event({ choices: [], usage: { cost: 1 } })]],
  ])("a cut behind %s, before anything was said, fails it", (_behind, texts) => {
    const judge = judgeAfter(...texts);
    expect(judge.isWhole).toBe(false);
    expect(judge.end(cutFault()).ending).toMatchObject({ kind: "failed", fault: { rule: "cut" } });
  });

  test("a last event that lacks its blank line is not taken for whole at a cut", () => {
    const { bytes, ending } = judgeAfter(HELLO, STOP.trimEnd()).end(cutFault());
    expect(bytes).toEqual([]);
    expect(ending).toMatchObject({ kind: "failed", fault: { rule: "cut" } });
  });

  test.each([
    ["a finish", [HELLO, STOP, USAGE.slice(0, 9)]],
    ["text and usage", [HELLO, USAGE]],
  ])("behind %s it is whole: only its tail is lost", (_behind, texts) => {
    for (const fault of [cutFault(), silenceFault(240_000)]) {
      const { bytes, ending } = judgeAfter(...texts).end(fault);
      expect(decoder.decode(Buffer.concat(bytes))).toBe(DONE);
      expect(ending).toEqual({ kind: "whole", isDoneAdded: true, isTailLost: true });
    }
  });

  test("text behind usage is open again: a cut there fails it", () => {
    const { ending } = judgeAfter(HELLO, USAGE, HELLO).end(cutFault());
    expect(ending).toMatchObject({ kind: "failed", fault: { rule: "cut" } });
  });

  test("behind a finish, neither stray data nor an error that is reported fails it", () => {
    const broken = judgeAfter(HELLO, STOP).feed(encoder.encode('data: {"usage":\n\n'));
    expect(broken.ending).toEqual({ kind: "whole", isDoneAdded: true, isTailLost: true });
    const reported = judgeAfter(HELLO, STOP).feed(encoder.encode('data: {"error":"late"}\n\n'));
    expect(reported.ending).toBeUndefined();
  });

  test("a cut while one of two choices is open fails it", () => {
    const { ending } = judgeAfter(delta("a", 0), delta("b", 1), finish("stop", 0)).end(cutFault());
    expect(ending).toMatchObject({ kind: "failed", fault: { rule: "cut" } });
  });
});

describe("an event beyond the size limit", () => {
  const large = event({ choices: [{ index: 0, delta: { content: "x".repeat(300) } }] });

  test("it is passed on unjudged, and judging goes on behind it", () => {
    const pieces = chunks(HELLO, large.slice(0, 250), large.slice(250), STOP, DONE);
    const text = HELLO + large + STOP + DONE;
    expect(judgeBytes(pieces, 200)).toEqual({ text, decided: true, ending: "whole" });
    const failing = chunks(HELLO, large.slice(0, 250), large.slice(250), ERROR);
    expect(judgeBytes(failing, 200)).toEqual({
      text: HELLO + large,
      decided: true,
      ending: { rule: "error-in-event", status: 429, midEvent: false },
    });
  });

  const largeEnd = event({
    choices: [{ index: 0, delta: { content: "x".repeat(300) }, finish_reason: "stop" }],
  });

  test("it may have been the end of the answer: a clean end behind it is no failure", () => {
    const usage = event({ choices: [], usage: { completion_tokens: 9 } });
    for (const behind of [[], [usage]]) {
      const text = [HELLO, largeEnd, ...behind].join("");
      const outcome = judgeBytes(chunks(HELLO, largeEnd, ...behind), 200);
      const done = behind.length > 0 ? DONE : "";
      expect(outcome).toEqual({ text: text + done, decided: true, ending: "whole" });
    }
  });

  test("where the answer went on behind it, it was not the end", () => {
    const { text, ending } = judgeBytes(chunks(HELLO, large, HELLO), 200);
    expect(text).toStartWith(HELLO + large + HELLO);
    expect(ending).toMatchObject({ rule: "ended-early", status: 502 });
  });

  test("a cut behind it is told: more may have been to come", () => {
    const judge = new StreamJudge(chat, { maxEventBytes: 200 });
    judge.feed(encoder.encode(largeEnd));
    expect(judge.end(cutFault()).ending).toMatchObject({ kind: "failed", fault: { rule: "cut" } });
  });

  test("a cut within it is told, since no event can follow half of one", () => {
    const judge = new StreamJudge(chat, { maxEventBytes: 200 });
    judge.feed(encoder.encode(large.slice(0, 250)));
    expect(judge.end(cutFault()).ending).toMatchObject({ kind: "failed", midEvent: true });
  });
});

test.each(["[1]", '"Hello"', "7", "null"])("an event whose data is %s has a meaning", (data) => {
  const bytes = encoder.encode(`data: ${data}\n\n`);
  const isAnswer = (judge: StreamJudge) => [judge.feed(bytes).ending, judge.isDecided];
  expect(isAnswer(new StreamJudge(other, { maxEventBytes: Number.POSITIVE_INFINITY }))).toEqual([
    undefined,
    true,
  ]);
  expect(isAnswer(new StreamJudge(chat, { maxEventBytes: Number.POSITIVE_INFINITY }))).toEqual([
    undefined,
    false,
  ]);
});

describe("signs of life", () => {
  const signs: [text: string, isAlive: boolean][] = [
    [COMMENT, false],
    [": half a comm", false],
    ["\n", false],
    [HELLO, true],
    [ROLE, true],
    [COMMENT + HELLO, true],
    [HELLO.slice(0, 10), false],
    ["data: \n\n", false],
  ];
  test.each(signs)("%j counts as a sign of life: %p", (text, isAlive) => {
    expect(new StreamJudge(chat, { maxEventBytes: 1e6 }).feed(encoder.encode(text)).isAlive).toBe(
      isAlive,
    );
  });
});

test("of an event beyond the size limit, only its last bytes are a sign of life", () => {
  const judge = new StreamJudge(chat, { maxEventBytes: 20 });
  expect(judge.feed(encoder.encode(HELLO.slice(0, 40))).isAlive).toBe(false);
  expect(judge.feed(encoder.encode(HELLO.slice(40))).isAlive).toBe(true);
});

/** How a stream ends on an endpoint without a dialect. */
function endElsewhere(text: string) {
  const judge = new StreamJudge(other, { maxEventBytes: 1e6 });
  judge.feed(encoder.encode(text));
  return judge.end();
}

describe("the end of a stream on an endpoint without a dialect", () => {
  test("is an end of the answer, where there was one", () => {
    expect(endElsewhere("data: any text\n\n")).toMatchObject({
      bytes: [],
      ending: { kind: "whole", isDoneAdded: false },
    });
  });

  test("is too early where there was none", () => {
    expect(endElsewhere(COMMENT).ending).toMatchObject({
      kind: "failed",
      fault: { rule: "ended-early" },
    });
  });
});

describe("what an error in band is made of", () => {
  test("is the last event, and the last healthy one of the answer", () => {
    const judge = judgeAfter(HELLO, event({ id: "gen-2", error: { code: 429 }, choices: [] }));
    // One by one: Bun's `toMatchObject` looks at an object that it meets twice only once.
    expect(judge.context.event).toMatchObject({ id: "gen-2" });
    expect(judge.context.frame).toMatchObject({ choices: [{ delta: { content: "Hello" } }] });
  });

  test("is no event where the body came to its end", () => {
    const judge = judgeAfter(HELLO);
    judge.end();
    expect(judge.context).toMatchObject({ event: undefined, frame: { id: "gen-1" } });
    expect(judge.place).toBeUndefined();
  });
});

test("an error that comes too late is a step of its own, with its place", () => {
  const steps: Step[] = [];
  const observe = (step: Step) => void steps.push(step);
  const judge = new StreamJudge(chat, { maxEventBytes: 1e6, observe });
  judge.feed(encoder.encode(HELLO + STOP + ERROR));
  const start = HELLO.length + STOP.length;
  const place = { event: 3, start, end: start + ERROR.length };
  expect(steps.at(-1)).toEqual({ kind: "late-error", place });
});

/** What a stream tells beside its answer. */
function factsOf(dialect: Dialect, text: string): Facts {
  const facts: Facts = {};
  const judge = new StreamJudge(dialect, {
    maxEventBytes: 1e6,
    observe: (step) => {
      if (step.kind === "facts") Object.assign(facts, { ...step.facts, ...facts });
    },
  });
  judge.feed(encoder.encode(text));
  return facts;
}

describe("the facts that a stream tells", () => {
  test("the id of the generation is that of the first event that has one", () => {
    const text = COMMENT + event({ choices: [], id: "gen-1" }) + HELLO + event({ id: "gen-2" });
    expect(factsOf(chat, text)).toEqual({ generationId: "gen-1" });
  });

  test.each([
    [responses, "response", "resp_1"],
    [messages, "message", "gen-msg-1"],
  ])("the id may stand in the object that the event is about", (dialect, name, id) => {
    expect(factsOf(dialect, event({ type: `${name}.start`, [name]: { id } }))).toEqual({
      generationId: id,
    });
  });

  test("provider, tokens and cost are told where upstream tells them", () => {
    const usage = { prompt_tokens: 2, completion_tokens: 3, cost: 0.5 };
    const text = event({ id: "gen-1", provider: "P", choices: [] }) + event({ usage });
    expect(factsOf(chat, text)).toEqual({
      generationId: "gen-1",
      provider: "P",
      promptTokens: 2,
      completionTokens: 3,
      cost: 0.5,
    });
  });
});

describe("splits", () => {
  const plain = COMMENT + ROLE + delta("h\u00e9 \u{1f600}");
  const endings: [title: string, text: string][] = [
    ["a whole stream", plain + COMMENT + STOP + USAGE + DONE],
    ["a whole stream and more", plain + STOP + DONE + HELLO + COMMENT],
    ["a whole stream without [DONE]", plain + STOP],
    ["a whole stream without a blank line", plain + STOP.trimEnd()],
    [
      "a late error",
      plain + finish("length") + event({ choices: [], error: { code: 400 } }) + DONE,
    ],
    ["an error first", COMMENT + ROLE + ERROR],
    ["an error after text", plain + ERROR + DONE],
    ["a named error event", `${plain}event: error\ndata: {"message":\ndata:"No"}\n\n`],
    ["a bare JSON line", `${COMMENT}{"error":{"message":"No","code":402}}\n`],
    ["an event that is not JSON", `${plain}data: oops\n\n${STOP}`],
    ["an early end", plain],
    ["half an event", plain + HELLO.slice(0, 30)],
    ["an open choice", plain + delta("b", 1) + STOP],
    ["[DONE] first", COMMENT + DONE],
  ];
  const lineEnds: [title: string, change: (text: string) => string][] = [
    ["LF", (text) => text],
    ["CRLF", (text) => text.replaceAll("\n", "\r\n")],
    ["CR", (text) => text.replaceAll("\n", "\r")],
    ["a byte order mark", (text) => `\uFEFF${text}`],
    ["LF and CRLF in turn", (text) => text.replaceAll(/\n([^\n]*)\n/g, "\n$1\r\n")],
    ["CRLF and CR in turn", (text) => text.replaceAll(/\n([^\n]*)\n/g, "\r\n$1\r")],
    ["LF and CR in turn", (text) => text.replaceAll(/\n([^\n]*)\n/g, "\n$1\r")],
  ];
  for (const [endTitle, change] of lineEnds) {
    test.each(endings)(
      `with ${endTitle}, %s comes to the same wherever its chunks are split`,
      (_title, source) => {
        const bytes = encoder.encode(change(source));
        const expected = judgeBytes([bytes]);
        const { ending, decided } = judgeText(source);
        expect(expected).toMatchObject({ ending, decided });
        for (let at = 1; at < bytes.length; at++) {
          expect(judgeBytes([bytes.slice(0, at), bytes.slice(at)])).toEqual(expected);
        }
        const single = Array.from(bytes, (_byte, at) => bytes.slice(at, at + 1));
        expect(judgeBytes(single)).toEqual(expected);
      },
    );
  }

  test("chunks that are views of a larger buffer are relayed without their neighbours", () => {
    const bytes = encoder.encode(`${HELLO}${STOP}${DONE}`);
    const views = Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
    expect(judgeBytes(views).text).toBe(`${HELLO}${STOP}${DONE}`);
  });
});

describe("what a part of the answer, an event or a stream cannot hide behind", () => {
  test("a choice that first shows up broken fails a stream whose other choice has finished", () => {
    const broken = {
      index: 1,
      delta: {},
      finish_reason: "error",
      error: { code: 502, message: "x" },
    };
    const outcome = judgeText(HELLO, STOP, choices(broken));
    expect(outcome.ending).toMatchObject({ rule: "error-in-choice", status: 502 });
    expect(outcome.text).toBe(HELLO + STOP);
  });

  test("a bare JSON error without a line end at the end of the body is an error", () => {
    const outcome = judgeText('{"error":{"message":"No","code":402}}');
    expect(outcome.ending).toMatchObject({ rule: "error-in-event", status: 402 });
  });

  test("an event beyond the limit is unjudged also where it comes in one chunk", () => {
    const large = event({ error: { message: "x".repeat(40), code: 429 } });
    const inOne = judgeBytes(chunks(large), 16);
    expect(inOne).toEqual(judgeBytes(chunks(large.slice(0, 30), large.slice(30)), 16));
    expect(inOne.text).toStartWith(large);
  });

  test("nothing follows half of an event beyond the limit, not even where the answer is whole", () => {
    const half = `data: {"usage":"${"x".repeat(500)}`;
    const limit = Math.max(HELLO.length, STOP.length);
    const outcome = judgeBytes(chunks(HELLO, STOP, half), limit);
    expect(outcome.text).toBe(HELLO + STOP + half);
    expect(outcome.ending).toMatchObject({ midEvent: true });
  });

  test("an error is not undone by a finish reason in the same event, first or later", () => {
    const both = event({
      error: { message: "x", code: 429 },
      choices: [{ index: 0, delta: { content: "" }, finish_reason: "stop" }],
    });
    expect(judgeText(both, DONE).ending).toMatchObject({ status: 429 });
    expect(judgeText(HELLO, both, DONE)).toMatchObject({ text: HELLO, ending: { status: 429 } });
  });

  test("a bare JSON error beside blank data is an error", () => {
    const { ending } = judgeText(`data:\n{"error":{"code":429}}\n\n`);
    expect(ending).toMatchObject({ rule: "error-in-event", status: 429 });
  });

  test("a bare JSON error among other lines is an error", () => {
    const lines = 'oops\n{"error":{"message":"x","code":402}}\n\n';
    expect(judgeText(lines).ending).toMatchObject({ rule: "error-in-event", status: 402 });
  });

  test("an `event: error` whose error is inside a choice has that error's status", () => {
    const broken = choices({ index: 0, error: { message: "x", code: 503 } });
    expect(judgeText(`event: error\n${broken}`).ending).toMatchObject({ status: 503 });
  });
});
