import { describe, expect, test } from "bun:test";
import { createLog, type LogSettings, type Log } from "./log.ts";
import type { ExchangeRecord } from "./record.ts";

const RECORD: ExchangeRecord = {
  requestId: "req_0123456789abcdef",
  method: "POST",
  path: "/v1/chat/completions",
  route: "/v1/chat/completions",
  at: 5,
  state: "over",
  outcome: "relayed",
  model: "openai/gpt-4o-mini",
  stream: true,
  upstreamStatus: 200,
  status: 200,
  relayReason: "content",
  keyName: "team-a",
  client: "10.0.0.7",
  facts: { generationId: "gen-1", provider: "Azure", promptTokens: 12, completionTokens: 88 },
  comments: 2,
  upstreamMs: 12.6,
  heldMs: 0.2,
  firstByteMs: 13.2,
  ms: 1213.4,
  bytes: 120,
};

const REPAIRED: ExchangeRecord = {
  ...RECORD,
  outcome: "repaired",
  status: 429,
  rule: "error-in-event",
  trueStatus: 429,
  code: "rate_limit_exceeded",
};

const IN_BAND: ExchangeRecord = {
  ...REPAIRED,
  outcome: "failed-in-band",
  status: 200,
  trueStatus: 502,
};

/** What a log writes when it is asked to. */
function written(settings: Partial<LogSettings>, use: (log: Log) => void): string {
  let text = "";
  const output = { write: (more: string) => (text += more), flush() {} };
  const log = createLog({ logLevel: "info", logFormat: "json", ...settings }, output);
  use(log);
  void log.flush();
  return text;
}

function writeThree(log: Log): void {
  log.end(RECORD);
  log.info("listening");
  log.end(REPAIRED);
}

const pretty = (record: ExchangeRecord, isColored = false) =>
  written({ logFormat: "pretty", isColored }, (log) => log.end(record));

describe("as JSON", () => {
  test("an exchange is one line of known fields, in whole milliseconds", () => {
    const line = written({ version: "1.2.3" }, (log) => log.end(REPAIRED));
    expect(line).toEndWith("}\n");
    expect(JSON.parse(line)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      level: "warn",
      message: "exchange",
      method: "POST",
      path: "/v1/chat/completions",
      model: "openai/gpt-4o-mini",
      stream: true,
      upstream_status: 200,
      status: 429,
      outcome: "repaired",
      rule: "error-in-event",
      true_status: 429,
      code: "rate_limit_exceeded",
      key: "team-a",
      client: "10.0.0.7",
      provider: "Azure",
      prompt_tokens: 12,
      completion_tokens: 88,
      upstream_ms: 13,
      held_ms: 0,
      first_byte_ms: 13,
      ms: 1213,
      bytes: 120,
      request_id: "req_0123456789abcdef",
      generation_id: "gen-1",
      version: "1.2.3",
    });
  });

  test("a failure of our own has its cause, and a hold that ran out is told", () => {
    const line = written({}, (log) => {
      log.end({ ...RECORD, outcome: "no-answer", rule: "unreachable", cause: "ECONNREFUSED" });
      log.end({ ...RECORD, relayReason: "hold-limit" });
    });
    const [failed, held] = line.split("\n");
    expect(JSON.parse(failed ?? "")).toMatchObject({ level: "warn", cause: "ECONNREFUSED" });
    expect(JSON.parse(held ?? "")).toMatchObject({ level: "info", hold: "limit" });
  });

  test("a text keeps its value, and no character that a terminal obeys stands in the line", () => {
    const model = 'a"b\\\n\u001b\u009b\u2028\u202e';
    const line = written({}, (log) => log.end({ ...RECORD, model }));
    expect(JSON.parse(line).model).toBe(model);
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  });

  test("a bug is told by its name and its place, not by its message, which may quote a body", () => {
    const line = written({ logLevel: "error" }, (log) => {
      log.error("bug", new TypeError("sk-secret"));
      log.error("bug", "sk-secret");
      log.info("not at this level");
    });
    expect(line).toMatch(/"error":"TypeError at .*log\.test\.ts/);
    expect(line).not.toContain("secret");
    expect(line.trim().split("\n")).toHaveLength(2);
  });
});

describe("the level", () => {
  test("debug shows a request when it begins, with no more than is known by then", () => {
    const line = written({ logLevel: "debug" }, (log) => log.begin?.(RECORD));
    expect(JSON.parse(line)).toEqual({
      time: expect.any(String),
      level: "debug",
      message: "request",
      method: "POST",
      path: "/v1/chat/completions",
      client: "10.0.0.7",
      request_id: "req_0123456789abcdef",
    });
  });

  test("info shows no request that begins", () => {
    expect(written({}, (log) => log.begin?.(RECORD))).toBe("");
  });

  test.each([
    { what: "a healthy answer", record: RECORD, level: "info" },
    { what: "a repaired one", record: REPAIRED, level: "warn" },
    { what: "a failure in band", record: IN_BAND, level: "warn" },
    { what: "a lost tail", record: { ...RECORD, outcome: "tail-lost" }, level: "info" },
    { what: "a closed tab", record: { ...RECORD, outcome: "client-left" }, level: "info" },
    { what: "a bug", record: { ...RECORD, outcome: "bug" }, level: "error" },
    {
      what: "a scanner's 404",
      record: { ...RECORD, outcome: "refused", rule: "unknown-path", status: 404 },
      level: "info",
    },
    {
      what: "a wrong key",
      record: { ...RECORD, outcome: "refused", rule: "wrong-key", status: 401 },
      level: "warn",
    },
    {
      what: "a page elsewhere",
      record: { ...RECORD, outcome: "refused", rule: "foreign-page", status: 403 },
      level: "warn",
    },
    {
      what: "a refusal for want of room",
      record: { ...RECORD, outcome: "refused", rule: "too-busy", status: 503 },
      level: "warn",
    },
    {
      what: "upstream's own 400",
      record: { ...REPAIRED, rule: "error-status", upstreamStatus: 400, status: 400 },
      level: "info",
    },
    {
      what: "upstream's own 402, which is about the credits",
      record: { ...REPAIRED, rule: "error-status", upstreamStatus: 402, status: 402 },
      level: "warn",
    },
  ] as { what: string; record: ExchangeRecord; level: string }[])(
    "of $what is $level",
    ({ record, level }) => {
      expect(JSON.parse(written({}, (log) => log.end(record))).level).toBe(level);
    },
  );

  test("warn leaves out what is healthy, silent leaves out all", () => {
    const lines = written({ logLevel: "warn" }, writeThree);
    expect(lines.match(/"rule":"[\w-]+"/g)).toHaveLength(1);
    expect(written({ logLevel: "silent" }, writeThree)).toBe("");
  });
});

describe("on a terminal", () => {
  test("an exchange reads from what upstream said to what the client got", () => {
    expect(pretty(RECORD).slice(13)).toBe(
      "INFO  200 → 200  openai/gpt-4o-mini stream (team-a)  1.2s first 13ms 12+88tok …89abcdef\n",
    );
    expect(pretty({ ...REPAIRED, keyName: "k" }).slice(13)).toBe(
      "WARN  200 → 429  error-in-event rate_limit_exceeded  openai/gpt-4o-min…  " +
        "1.2s …89abcdef\n",
    );
    expect(pretty(IN_BAND).slice(13)).toStartWith("WARN  200 → 200 then 502  error-in-event");
  });

  test("a failure without an answer shows what is missing, and why", () => {
    const { upstreamStatus: _, ...rest } = RECORD;
    const line = pretty({
      ...rest,
      outcome: "no-answer",
      status: 502,
      trueStatus: 502,
      rule: "unreachable",
      cause: "ECONNREFUSED",
    });
    expect(line.slice(13)).toStartWith("WARN  --- → 502  unreachable ECONNREFUSED  openai/");
  });

  test.each([
    { what: "a model", record: { ...REPAIRED, model: "m".repeat(200) } },
    { what: "a wide model", record: { ...REPAIRED, model: "模".repeat(200) } },
    { what: "a code", record: { ...IN_BAND, code: "c".repeat(200) } },
    { what: "a path", record: { ...RECORD, model: undefined, path: "/p".repeat(100) } },
    { what: "a name of a key", record: { ...RECORD, keyName: "k".repeat(200) } },
  ] as { what: string; record: ExchangeRecord }[])(
    "$what of any length fits into 100 columns",
    ({ record }) => {
      expect(Bun.stringWidth(pretty(record).trimEnd())).toBeLessThanOrEqual(100);
    },
  );

  test("colours add no width, and are left out where they are not wanted", () => {
    expect(pretty(REPAIRED, true)).toContain("\u001b[33m429\u001b[0m");
    expect(Bun.stripANSI(pretty(REPAIRED, true)).slice(13)).toBe(pretty(REPAIRED).slice(13));
  });

  test("a model cannot forge a line, move the cursor or turn text around", () => {
    const line = pretty({ ...RECORD, model: "x\nINFO\u001b[2J\u202e" });
    expect(line.trim().split("\n")).toHaveLength(1);
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test("a request that begins is a line of its own", () => {
    const line = written({ logLevel: "debug", logFormat: "pretty", isColored: false }, (log) =>
      log.begin?.(RECORD),
    );
    expect(line.slice(13)).toBe("DEBUG begins POST /v1/chat/completions …89abcdef\n");
  });
});
