import { describe, expect, test } from "bun:test";
import {
  inBand,
  record,
  refused,
  repaired,
  unanswered,
} from "../../contracts/observe/made-up-records.ts";
import type { Rule } from "../core/fault.ts";
import type { Failure } from "../proxy/failure.ts";
import { bytes, counted, duration, percent, shortModel } from "./display.ts";
import { filterFromSearch, isShown, NO_FILTER, searchWithFilter } from "./exchange-filter.ts";
import { groupExchanges } from "./exchange-groups.ts";
import { firstTokenTimes } from "./first-token.ts";
import { readableText } from "./readable-text.ts";
import { repeatCommand } from "./repeat-command.ts";
import { ruleWords } from "./rule-words.ts";
import { toCsv, toJson } from "./table-export.ts";
import { rangeTimes } from "./time-range.ts";
import { openSentence, verdictSentences } from "./verdict-sentences.ts";

describe("what is displayed:", () => {
  test.each([
    [420, "420 ms"],
    [1234, "1.2 s"],
    [59_940, "59.9 s"],
    [83_000, "1 min 23 s"],
    [3_000_000, "50 min"],
    [7_500_000, "2 h 5 min"],
    [259_200_000, "3 days"],
  ])("%d ms are %s", (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  test("sizes, shares, numbers and models are short", () => {
    expect([120, 4200, 1_300_000, 2e9].map(bytes)).toEqual(["120 B", "4.2 KB", "1.3 MB", "2.0 GB"]);
    expect(percent(0, 0)).toBe("0%");
    expect(percent(1, 10_000)).toBe("0.1%");
    expect(percent(1, 3)).toBe("33%");
    expect(counted(1, "request")).toBe("1 request");
    expect(shortModel("openai/gpt-4o")).toBe("gpt-4o");
  });

  test("a rule that nobody knows has its own name", () => {
    expect(ruleWords("cut").short).toBe("the connection broke");
    expect(ruleWords("brand-new").short).toBe("brand new");
  });
});

describe("the words of rules", () => {
  /** A kind that is added to `Failure` is missing here: tsc says so. */
  const KINDS: Record<Exclude<Failure["kind"], Rule>, true> = {
    "no-key": true,
    "wrong-key": true,
    "foreign-host": true,
    "foreign-origin": true,
    "foreign-page": true,
    websocket: true,
    "unknown-path": true,
    "wrong-method": true,
    "bad-header": true,
    "body-too-large": true,
    "body-cut": true,
    "request-timeout": true,
    "wrong-content-type": true,
    "wrong-content-encoding": true,
    "bad-body": true,
    "too-busy": true,
    unreachable: true,
    "no-resources": true,
    "client-gone": true,
    bug: true,
  };
  /** What else ends an exchange: a client that reads no more, and a worker that dies. */
  const ENDINGS = ["client-stalled", "worker-died"];

  test.each([...Object.keys(KINDS), ...ENDINGS])("%s has words of its own", (rule) => {
    const { short, meaning } = ruleWords(rule);
    expect(short.length).toBeLessThan(30);
    expect(meaning).toEndWith(".");
    expect(meaning).not.toStartWith("The rule was ");
  });
});

describe("a filter", () => {
  test("goes into an address and comes back, and leaves the rest of it alone", () => {
    const filter = { ...NO_FILTER, status: "hidden", model: "a/b & c" };
    const search = searchWithFilter("?exchange=1-2&status=failed", filter);
    expect(filterFromSearch(search)).toEqual(filter);
    expect(search).toContain("exchange=1-2");
    expect(searchWithFilter("?status=failed", NO_FILTER)).toBe("");
  });

  test("of a status that does not exist filters nothing", () => {
    expect(filterFromSearch("?status=nonsense")).toEqual(NO_FILTER);
  });

  test.each([
    ["failed", [repaired(), inBand(), unanswered()], [record(), refused()]],
    ["hidden", [repaired(), inBand()], [record(), unanswered()]],
    ["refused", [refused()], [record()]],
    ["left", [record({ outcome: "client-left" })], [record()]],
    ["4xx", [repaired(), refused()], [record(), unanswered()]],
  ])("for %s shows these and not others", (status, shown, others) => {
    const filter = { ...NO_FILTER, status };
    expect(shown.filter((each) => !isShown(each, filter))).toEqual([]);
    expect(others.filter((each) => isShown(each, filter))).toEqual([]);
  });

  test("by rule, model, provider and key asks for exactly these", () => {
    const one = repaired({ keyName: "team-a" });
    const filter = {
      status: "",
      rule: "error-in-event",
      model: "openai/gpt-4o-mini",
      provider: "Azure",
      key: "team-a",
    };
    expect(isShown(one, filter)).toBe(true);
    for (const name of ["rule", "model", "provider", "key"]) {
      expect(isShown(one, { ...filter, [name]: "else" })).toBe(false);
    }
  });
});

test("groups come with those first that fail most; refusals are no model's doing", () => {
  const records = [
    record({ model: "good" }),
    record({ model: "good" }),
    repaired({ model: "bad" }),
    record({ model: "bad" }),
    refused({ model: "good", keyName: "k" }),
  ];
  expect(groupExchanges(records, "model")).toEqual([
    { name: "bad", exchanges: 2, failures: 1, hidden: 1 },
    { name: "good", exchanges: 2, failures: 0, hidden: 0 },
  ]);
  expect(groupExchanges(records, "key").map(({ name }) => name)).toEqual(["", "k"]);
  expect(groupExchanges(records, "provider")[0]?.name).toBe("Azure");
});

test("the time to the first token is that of streams that were relayed", () => {
  expect(firstTokenTimes([repaired()])).toBeUndefined();
  expect(firstTokenTimes([record({ firstByteMs: 100 }), record({ firstByteMs: 300 })])).toEqual({
    median: 300,
    p95: 300,
  });
});

describe("a command that repeats an exchange", () => {
  test("has neither key nor messages, and quotes what a shell would read", () => {
    const command = repeatCommand(record({ model: "it's; rm -rf /" }), "http://127.0.0.1:3000");
    expect(command).toContain("curl -i -X POST 'http://127.0.0.1:3000/v1/chat/completions'");
    expect(command).toContain(`Bearer $API_KEY`);
    expect(command).toContain(`'{"model":"it'\\''s; rm -rf /","stream":true,"messages"`);
  });

  test.each([
    ["/v1/responses", '"input"'],
    ["/v1/embeddings", '"input"'],
    ["/v1/completions", '"prompt"'],
    ["/v1/messages", '"max_tokens"'],
  ])("has at %s the input in that endpoint's form", (path, field) => {
    expect(repeatCommand(record({ path }), "http://x")).toContain(field);
  });

  test("is a plain GET where there was no body", () => {
    const { model: _, ...rest } = record({ method: "GET", path: "/v1/models" });
    expect(repeatCommand(rest, "http://x")).not.toContain("-d");
  });
});

describe("an export", () => {
  test("has one line for each exchange, with the generation id", () => {
    const [names, line, end] = toCsv([repaired()]).split("\r\n");
    expect(names).toStartWith("time,generation_id,request_id,model");
    expect(line).toContain("gen-1,req_1,openai/gpt-4o-mini");
    expect(end).toBe("");
    expect(JSON.parse(toJson([repaired()]))[0]).toMatchObject({ generation_id: "gen-1" });
  });

  test("quotes what CSV needs quoted, and runs nothing in a spreadsheet", () => {
    const csv = toCsv([repaired({ message: 'a "b", c\nd', code: "=HYPERLINK(1)" })]);
    expect(csv).toContain('"a ""b"", c\nd"');
    expect(csv).toContain(",'=HYPERLINK(1),");
  });
});

describe("a verdict in sentences", () => {
  test("goes from what upstream said to what the client got", () => {
    expect(verdictSentences(repaired({ heldMs: 400, comments: 2 }))).toEqual([
      "OpenRouter's status line said 200, after 120 ms.",
      "Its body was read as an event stream.",
      "The status line was held back for 400 ms, while 2 comments came.",
      "An event of the stream reported an error.",
      "Event 3 decided. It stood at bytes 40 to 90 of the body.",
      "The true status was named by error.code: 429.",
      "The client got 429 rate_limit_exceeded in the status line.",
    ]);
  });

  test.each([
    ["a healthy answer", record(), "OpenRouter's answer as it is"],
    ["a stream that broke off", inBand(), "the connection broke off behind it"],
    ["a failure in band", inBand({ outcome: "failed-in-band" }), "as an error in the stream."],
    ["no answer", unanswered(), "OpenRouter gave no answer (ECONNREFUSED)."],
    ["a refusal", refused(), "did not go to OpenRouter"],
    ["a lost tail", record({ outcome: "tail-lost" }), "The client got the whole answer."],
    ["a closed tab", record({ outcome: "client-left" }), "The client left after 2.0 s"],
    ["a stalled client", record({ outcome: "client-stalled" }), "CLIENT_STALL_TIMEOUT_MS"],
    ["a bug", record({ outcome: "bug" }), "a bug of its own"],
    ["a 502 that nobody named", inBand(), "502 is the gateway's own word"],
  ])("says of %s what became of it", (_what, one, words) => {
    expect(verdictSentences(one).join(" ")).toContain(words);
  });

  test("says where an open exchange stands", () => {
    const { ms: _, outcome: __, ...open } = record({ at: 0, comments: 3, lastByteMs: 1000 });
    const sentences = (["receiving", "waiting", "holding", "relaying"] as const).map((state) =>
      openSentence({ ...open, state }, 9000),
    );
    expect(sentences).toEqual([
      "receiving the request",
      "waiting for OpenRouter's headers",
      "held back, 3 comments so far",
      "streaming, 4.0 KB, silent for 8.0 s",
    ]);
  });
});

test("JSON has a line for each field, alone or behind a head; all else stays as it is", () => {
  expect(readableText('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(readableText('HTTP/1.1 200 OK\n\n{"a":1}')).toBe('HTTP/1.1 200 OK\n\n{\n  "a": 1\n}');
  expect(readableText('data: {"a":1}\n\ndata: [DONE]\n\n')).toContain('data: {"a":1}');
});

test("a time range is one of those offered, one's own, or the last hour", () => {
  expect(rangeTimes("24h", 86_400_000)).toEqual({ from: 0, to: 86_400_000 });
  expect(rangeTimes("nonsense", 3_600_000)).toEqual({ from: 0, to: 3_600_000 });
  const { from, to } = rangeTimes("2026-11-29T03:00/2026-11-29T04:00", 0);
  expect(to - from).toBe(3_600_000);
});
