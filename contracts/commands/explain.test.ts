import { beforeAll, describe, expect, test } from "bun:test";
import { STATUS_CODES } from "node:http";
import { explain } from "../../src/commands/explain/explain.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import type { Recording } from "../../src/recordings/recording.ts";
import { isObject, type JsonObject, objectAt, parseJson } from "../../src/core/json.ts";
import { buildBinary, runBinary, SECRET } from "../harness/candor-binary.ts";
import { ANY_ID } from "../expected/expected-headers.ts";
import { fixtureOf, recordedBody, throughMsw } from "../harness/ways.ts";

beforeAll(buildBinary, 60_000);

const FOLDER = `${import.meta.dir}/../../fixtures`;

/** What is printed for a capture, its lines joined to paragraphs, and the exit status. */
async function explained(capture: string | Uint8Array, ...words: string[]) {
  const printed = await explain(["-", ...words], async () => Buffer.from(capture));
  if ("problems" in printed) throw new Error(printed.problems.join("\n"));
  const text = printed.text.replaceAll(/\n {17}/g, " ");
  return { text, exitCode: printed.exitCode };
}

/** The whole explanation of a fixture, as machines get it. */
async function explainedJson(name: string): Promise<JsonObject> {
  const printed = await explain([`${FOLDER}/${name}.json`, "--json"]);
  const value = "problems" in printed ? printed.problems : parseJson(printed.text);
  if (!isObject(value)) throw new Error(`${name}: ${JSON.stringify(value)}`);
  return value;
}

/** A recorded answer as `curl -i` saves it. */
function asCurlSaves(recording: Recording, version = "1.1"): Buffer {
  const { status, headers } = recording.response;
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const line = `HTTP/${version} ${status} ${version === "2" ? "" : STATUS_CODES[status]}\r\n`;
  return Buffer.concat([Buffer.from(`${line}${fields}\r\n`), recordedBody(recording)]);
}

/** A fixture of the chat endpoint, as `curl -i` saves it. */
function saved(name: string, version?: string): Buffer {
  return asCurlSaves(fixtureOf(`chat-completions/${name}`), version);
}

describe("a fixture", () => {
  const cases: [name: string, exitCode: number, lines: string[]][] = [
    [
      "chat-completions/200-error-429-free-models-per-day",
      3,
      [
        "upstream said    200 OK, application/json, 75 bytes (a fixture)",
        "when asked       POST /v1/chat/completions, for no stream",
        "Candor answers   429 Too Many Requests: an error, in place of upstream's answer",
        "because          error-in-body. The JSON body holds an error",
        "the status       429, from error.code, which is 429.",
        'proxy-status: candor; received-status=200; details="error-in-body"',
        "HTTP/1.1 429 Too Many Requests\n",
      ],
    ],
    [
      "chat-completions/200-success",
      0,
      [
        "Candor answers   200 OK: upstream's answer, byte for byte",
        "because          The JSON holds no",
      ],
    ],
    [
      "chat-completions/429-retry-after-60",
      3,
      [
        "because          error-status. ",
        "429, which is upstream's own.",
        "fields crossed   content-type, retry-after",
      ],
    ],
    [
      "chat-completions/200-choice-error-partial",
      3,
      ["Candor answers   502 Bad Gateway", "because          error-in-choice. "],
    ],
    [
      "chat-completions/307-redirect",
      3,
      ["upstream said    307", "because          unexpected-status. "],
    ],
    [
      "chat-completions/200-html",
      3,
      ["because          unexpected-form. ", "nothing upstream said names one."],
    ],
    ["chat-completions/200-empty-body", 3, ["because          empty-body. "]],
    [
      "chat-completions/json-success-for-stream",
      3,
      [", for a stream", "because          unexpected-form. "],
    ],
    ["chat-completions/200-all-null", 3, ["because          no-answer. "]],
    ["chat-completions/200-failed-generation", 3, ["because          failed-generation. "]],
    [
      "chat-completions/200-padded-truncated",
      3,
      ["then the connection broke off", "because          cut. "],
    ],
    ["chat-completions/200-audio", 0, ["A binary body is not judged", "\n\n(11 bytes)"]],
    [
      "chat-completions/stream-success",
      0,
      [
        "in 7 events and 1 other block ",
        "at event 2       (byte 311) Part of an answer",
        "at event 7       (byte 1823) The answer is whole.",
      ],
    ],
    [
      "chat-completions/stream-error-429-free-models-per-day",
      3,
      [
        "Candor answers   429",
        "at event 1",
        "error-in-event. Nothing has gone out yet, so the status line can say it.",
      ],
    ],
    [
      "chat-completions/stream-429-after-content",
      3,
      [
        "Candor answers   200 OK: upstream's stream, up to its failure, then one error event",
        "at event 1       (byte 25) Part of an answer",
        "at event 2       (byte 242) error-in-event. Here goes one error event",
        "the status       It is out already. The error stands for 429, from error.code",
      ],
    ],
    [
      "chat-completions/stream-malformed-json-first",
      3,
      ["at event 1", "because          malformed-event. "],
    ],
    [
      "chat-completions/stream-comments-only",
      3,
      ["at the end       ended-early. Nothing has gone out yet"],
    ],
    ["chat-completions/stream-done-only", 3, ["at event 1", "because          ended-early. "]],
    [
      "chat-completions/stream-cut-after-content",
      3,
      [
        "at the end       cut. Here goes one error event",
        "The error stands for 502, a gateway's word",
      ],
    ],
    [
      "chat-completions/stream-finish-no-done",
      0,
      [
        "upstream's answer, but for what stands below",
        "at the end       The answer is whole, and [DONE] is added",
      ],
    ],
    [
      "chat-completions/stream-token-limit-in-usage-chunk",
      0,
      ["at event 4       (byte 1635) An error behind the whole answer does not undo it"],
    ],
    [
      "chat-completions/stream-for-nonstream-success",
      3,
      ["at event 1       (byte 25) Part of an answer, in a form that nobody asked for."],
    ],
    ["chat-completions/stream-raw-json-line", 3, ["between events   (byte 27) error-in-event. "]],
    [
      "chat-completions/stream-gzip-success",
      0,
      ["at event 2       (byte 311)", "fields withheld  content-encoding"],
    ],
    [
      "chat-completions/429-limit-rpm-headers",
      3,
      ["note             Retry-After and x-should-retry are reckoned from now"],
    ],
    [
      "messages/stream-error-overloaded",
      3,
      [
        "when asked       POST /v1/messages, for a stream",
        '503, from error.error_type, which is "provider_overloaded"',
      ],
    ],
    [
      "responses/stream-failed-after-deltas",
      3,
      ["when asked       POST /v1/responses", "Here goes one error event"],
    ],
  ];
  test.each(cases)(
    "%s exits with %d and says what was decided, where and why",
    async (name, exitCode, lines) => {
      const capture = await Bun.file(`${FOLDER}/${name}.json`).bytes();
      const { text, exitCode: actual } = await explained(capture);
      for (const line of lines) expect(text).toContain(line);
      expect(actual).toBe(exitCode === 0 ? 0 : 3);
    },
  );

  test("that takes longer than a stream is held says what would be different", async () => {
    const fixture = structuredClone(
      fixtureOf("chat-completions/stream-error-429-free-models-per-day"),
    );
    for (const chunk of fixture.response.chunks) chunk.at += 60_000;
    const { text } = await explained(JSON.stringify(fixture));
    expect(text).toMatch(/note +In the recording, what decides came after 60\d\d\d ms. .*in band/);
  });
});

describe("every fixture", () => {
  test.each([...loadFixtures()])("%s is explained as Candor answers it", async (name, fixture) => {
    const { answer, outcome, claimed_status, rule, stream } = await explainedJson(name);
    const seen = await throughMsw(name, fixture);
    const said = isObject(answer) ? answer : {};
    const { "x-request-id": _id, ...headers } = objectAt(said, "headers");
    if ("request-id" in headers) headers["request-id"] = ANY_ID;
    expect([said["status"], headers]).toEqual([seen.status, seen.headers]);
    const { body, base64 } = said;
    const bytes = typeof base64 === "string" ? Uint8Array.fromBase64(base64) : String(body);
    expect(Buffer.from(bytes).equals(seen.body)).toBe(true);

    const claimed = isObject(claimed_status) ? claimed_status["status"] : 502;
    if (outcome === "repaired") expect(claimed).toBe(seen.status);
    expect(outcome === "relayed").toBe(rule === null);
    if (isObject(stream)) expect(storyOf(stream)).toMatch(expectedStory(outcome, rule));
  });
});

/** What was decided in the course of a stream, in words. */
function storyOf({ steps }: JsonObject): string {
  const kinds = Array.isArray(steps)
    ? steps.map((step) => (isObject(step) ? step["kind"] : ""))
    : [];
  return kinds.filter((kind) => kind !== "late-error").join(", ");
}

function expectedStory(outcome: unknown, rule: unknown): RegExp {
  if (outcome === "relayed") return /^answer, (whole|completed)$/;
  if (outcome === "failed in band") return /^answer, failure$/;
  if (outcome === "broken off") return /^answer, failure$/;
  return rule === "unexpected-form" ? /^unasked$/ : /^failure$/;
}

describe("a raw HTTP response", () => {
  test.each(["1.1", "2"])(
    "of HTTP/%s is judged with its own status and header fields",
    async (version) => {
      const { text, exitCode } = await explained(saved("503-retry-after", version));
      expect(text).toContain("(a raw HTTP response)");
      expect(text).toContain("503, which is upstream's own.");
      expect(text).toMatch(/fields crossed +.*retry-after/);
      expect(exitCode).toBe(3);
    },
  );

  test("is a stream where its content type says so, and nothing says otherwise", async () => {
    const { text } = await explained(saved("stream-429-after-content"));
    expect(text).toContain(
      "assumed          The request asked for a stream, as it was answered (--no-stream).",
    );
    expect(text).toContain("at event 2       (byte 242) error-in-event.");
    const plain = await explained(saved("stream-429-after-content"), "--no-stream");
    expect(plain.text).toContain("because          unexpected-form.");
    expect(plain.text).not.toContain("as it was answered");
  });

  test("counts behind 100 Continue and the answer of a tunnel", async () => {
    const before = "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
    const { text } = await explained(
      Buffer.concat([Buffer.from(before), saved("429-retry-after-60")]),
    );
    expect(text).toContain("upstream said    429 Too Many Requests");
  });

  test("that is shorter than it announced was cut, unless told otherwise", async () => {
    const text =
      'HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 99\n\n{"error":{"code":401}}';
    const cut = await explained(text);
    expect(cut.text).toContain("because          cut.");
    expect(cut.text).toContain("assumed          The connection broke off");
    const whole = await explained(text, "--no-cut");
    expect(whole.text).toContain("Candor answers   401 Unauthorized");
  });
});

describe("a bare body", () => {
  const cases: [kind: string, body: string | Uint8Array, words: string[], lines: string[]][] = [
    [
      "a JSON body",
      '{"error":{"message":"No.","type":"overloaded_error"}}',
      [],
      [
        "application/json",
        "Candor answers   503",
        "assumed          Upstream's status was 200 (--status).",
        "assumed          Upstream's content type was application/json (--content-type).",
        "assumed          The request asked /v1/chat/completions (--endpoint).",
      ],
    ],
    [
      "a JSON body",
      '{"error":"No."}',
      ["--status", "402"],
      ["Candor answers   402 Payment Required"],
    ],
    ["a JSON body", "{}", ["--stream"], ["for a stream", "no-answer"]],
    ["a JSON body", '{"choices', ["--cut"], ["because          cut."]],
    ["a JSON body", '{"choices', [], ["because          not-json."]],
    ["an event stream", ": OPENROUTER PROCESSING\n\n", [], ["text/event-stream", "ended-early"]],
    [
      "an event stream",
      recordedBody(fixtureOf("messages/stream-error-overloaded")),
      ["--endpoint", "messages"],
      ["/v1/messages", "503"],
    ],
    [
      "an event stream",
      'data: {"type":"ping"}\n\n',
      ["--endpoint", "other"],
      ["/v1/other", "upstream's answer"],
    ],
    ["an empty body", " \n", [], ["because          empty-body."]],
    ["a page", "<!doctype html><title>Sorry</title>", [], ["text/html", "unexpected-form."]],
    ["a text", "upstream connect error", [], ["text/plain", "unexpected-form."]],
    ["a text", "WEBVTT", ["--endpoint", "other"], ["This endpoint may answer with text"]],
    [
      "a binary body",
      Uint8Array.of(0xff, 0xfb, 0x90, 0),
      [],
      ["application/octet-stream", "(4 bytes)"],
    ],
    [
      "a binary body",
      Uint8Array.of(0xff),
      ["--content-type", "audio/mpeg", "--cut"],
      ["audio/mpeg", "breaks off)"],
    ],
  ];
  test.each(cases)("that is %s is judged as such: case %#", async (kind, body, words, lines) => {
    const printed = await explained(body, ...words);
    for (const line of [`(${kind})`, ...lines]) expect(printed.text).toContain(line);
    const isGood = printed.text.includes("200 OK: upstream's answer, byte for byte");
    expect(printed.exitCode).toBe(isGood ? 0 : 3);
  });

  test("of more comments than may be held back is committed by then", async () => {
    const comments = ": OPENROUTER PROCESSING\n\n".repeat(50_000);
    const { text } = await explained(`${comments}data: {"error":{"code":429}}\n\n`);
    expect(text).toMatch(/between events +\(byte 10\d{5}\) As much as may be held back/);
    expect(text).toContain(
      "at event 1       (byte 1250000) error-in-event. Here goes one error event",
    );
    expect(text).toContain("Candor answers   200 OK: upstream's stream, up to its failure");
  });

  test("cannot steer the terminal as JSON either, and says the same", async () => {
    const message = "\u009b31m\u202e\u2028";
    const capture = JSON.stringify({ error: { message, code: 400 } });
    const { text } = await explained(capture, "--json");
    expect(text).not.toMatch(/[\u009b\u202e\u2028]/);
    const json = parseJson(text);
    expect(isObject(json) && objectAt(json, "answer")["body"]).toContain(message);
  });

  test("cannot steer the terminal", async () => {
    const { text } = await explained('{"error":{"message":"\u009b31m","code":400}}');
    expect(text).toContain("\\u009b31m");
    expect(text).not.toContain("\u009b");
  });
});

describe("what cannot be explained is refused with the reason:", () => {
  const cases: [capture: string, words: string[], problem: string][] = [
    ["HTTP/1.1 100 Continue\r\n\r\n", [], "-: the capture ends behind status 100"],
    ["HTTP/1.1 200 OK\r\nno field\r\n\r\n", [], '-: the line "no field" is no header field'],
    ["HTTP/1.1 200 OK\r\n\r\n", ["--status", "500"], "-: --status is for a bare body"],
    ["HTTP/1.1 200 OK\r\n\r\n", ["--content-type", "a/b"], "-: --content-type is for a bare body"],
    ['{"origin":{},"request":{},"response":{}}', [], "-: this is no fixture: /origin/kind: "],
    ["{}", ["--status", "99"], '--status is "99"; a whole number from 200 to 599 is allowed'],
  ];
  test.each(cases)("%j %j", async (capture, words, problem) => {
    const printed = await explain(["-", ...words], async () => Buffer.from(capture));
    expect("problems" in printed && printed.problems[0]).toContain(problem);
  });

  test("a file that is not there", async () => {
    const printed = await explain(["/nowhere/capture.json"]);
    expect("problems" in printed && printed.problems[0]).toContain("/nowhere/capture.json: ENOENT");
  });

  test("a fixture whose request Candor refuses, or that can be none", async () => {
    const fixture = fixtureOf("chat-completions/200-success");
    const problemOf = async (request: Partial<Recording["request"]>, status = 200) => {
      const changed = { ...fixture, request: { ...fixture.request, ...request } };
      changed.response = { ...fixture.response, status };
      const printed = await explain(["-"], async () => Buffer.from(JSON.stringify(changed)));
      return "problems" in printed ? printed.problems[0] : "";
    };
    expect(await problemOf({ body: "{}" })).toStartWith(
      "Candor refuses the request of this capture with 400: ",
    );
    expect(await problemOf({ headers: [["no name", ""]] })).toStartWith("-: ");
    expect(await problemOf({}, 103)).toStartWith("-: the fixture's status is 103");
  });
});

test("the compiled program explains a file, and exits with 3, 0 or 2", async () => {
  const good = JSON.stringify(fixtureOf("chat-completions/stream-success"));
  const files = {
    "bad.txt": saved("200-error-429-free-models-per-day").toString(),
    "good.json": good,
  };
  const bad = await runBinary({ flags: ["explain", "bad.txt"], files });
  expect(bad.output).toContain("Candor answers   429 Too Many Requests");
  expect(bad.output).not.toContain(SECRET);
  expect(bad.code).toBe(3);
  const { code, output } = await runBinary({ flags: ["explain", "good.json", "--json"], files });
  expect(parseJson(output)).toMatchObject({
    outcome: "relayed",
    rule: null,
    stream: { events: 7 },
  });
  expect(code).toBe(0);
  const wrong = await runBinary({ flags: ["explain", "--status", "soon"], files });
  expect(wrong.output).toContain("candor: usage: candor explain FILE|-");
  expect(wrong.code).toBe(2);
  const help = await runBinary({ flags: ["explain", "--help"] });
  expect(help.output).toContain("Exit status:");
  expect(help.code).toBe(0);
});

test("- reads standard input", async () => {
  const program = Bun.spawn(["bun", "src/main.ts", "explain", "-"], {
    stdin: Buffer.from('{"error":{"message":"Slow down.","code":429}}'),
    stdout: "pipe",
  });
  expect(await program.stdout.text()).toContain("Candor answers   429 Too Many Requests");
  expect(await program.exited).toBe(3);
});
