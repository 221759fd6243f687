import { describe, expect, test } from "bun:test";
import { createLog, type LogEntry } from "./log.ts";

const ENTRY: LogEntry = {
  method: "POST",
  path: "/proxy",
  requestId: "req_1",
  arrivedAt: 5,
  model: "openai/gpt-4o-mini",
  stream: true,
  upstreamStatus: 200,
  status: 429,
  rule: "error-in-event",
  upstreamMs: 12.6,
  heldMs: 0.2,
  ms: 13.4,
  bytes: 120,
  generationId: "gen-1",
};

/** What a log writes when it is asked to. */
function written(
  settings: {
    logLevel: "debug" | "info" | "warn" | "error" | "silent";
    logFormat: "json" | "pretty";
  },
  use: (log: ReturnType<typeof createLog>) => void,
): string {
  let text = "";
  const log = createLog(settings, { write: (more: string) => (text += more), flush() {} });
  use(log);
  void log.flush();
  return text;
}

describe("as JSON", () => {
  test("an exchange is one line of known fields, in whole milliseconds", () => {
    const line = written({ logLevel: "info", logFormat: "json" }, (log) => log.exchange(ENTRY));
    expect(JSON.parse(line)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      level: "warn",
      message: "exchange",
      method: "POST",
      path: "/proxy",
      model: "openai/gpt-4o-mini",
      stream: true,
      upstream_status: 200,
      status: 429,
      rule: "error-in-event",
      upstream_ms: 13,
      held_ms: 0,
      ms: 13,
      bytes: 120,
      request_id: "req_1",
      generation_id: "gen-1",
    });
  });

  test("at the level warn, only what is not upstream's own answer is told of", () => {
    const { rule: _, ...healthy } = ENTRY;
    const text = written({ logLevel: "warn", logFormat: "json" }, (log) => {
      log.exchange(healthy);
      log.info("listening");
      log.exchange(ENTRY);
    });
    expect(text.match(/"rule":"[\w-]+"/g)).toEqual(['"rule":"error-in-event"']);
    expect(text.trim().split("\n")).toHaveLength(1);
  });

  test("a bug is told by its name and its place, not by its message, which may quote a body", () => {
    const line = written({ logLevel: "error", logFormat: "json" }, (log) => {
      log.error("bug", new TypeError("sk-secret"));
      log.error("bug", "sk-secret");
      log.info("not at this level");
    });
    expect(line).toMatch(/"error":"TypeError at .*log\.test\.ts/);
    expect(line).not.toContain("secret");
    expect(line.trim().split("\n")).toHaveLength(2);
  });

  test("nothing is written where the level is silent", () => {
    const text = written({ logLevel: "silent", logFormat: "json" }, (log) => {
      log.exchange(ENTRY);
      log.error("bug");
    });
    expect(text).toBe("");
  });
});

describe("on a terminal", () => {
  test("an exchange is one readable line", () => {
    const line = written({ logLevel: "info", logFormat: "pretty" }, (log) => log.exchange(ENTRY));
    expect(line.slice(13)).toBe(
      "WARN  exchange method=POST path=/proxy model=openai/gpt-4o-mini stream=true " +
        "upstream_status=200 status=429 rule=error-in-event upstream_ms=13 held_ms=0 ms=13 " +
        "bytes=120 request_id=req_1 generation_id=gen-1\n",
    );
  });

  test("a model cannot forge a line or move the cursor", () => {
    const forged = { ...ENTRY, model: "x\nINFO forged\u001b[2J" };
    const line = written({ logLevel: "info", logFormat: "pretty" }, (log) => log.exchange(forged));
    expect(line.trim().split("\n")).toHaveLength(1);
    expect(line).not.toContain("\u001b");
  });
});

function fail(): never {
  throw new Error("EPIPE");
}

describe("where the log is not read", () => {
  const settings = { logLevel: "info", logFormat: "json" } as const;

  test.each([
    { how: "write throws", write: fail, flush() {} },
    { how: "write rejects", write: async () => fail(), flush() {} },
    { how: "flush throws", write() {}, flush: fail },
    { how: "flush rejects", write() {}, flush: async () => fail() },
  ])("where $how, it goes no further, and the lines are counted", async ({ write, flush }) => {
    let text = "";
    let isGone = true;
    const log = createLog(settings, {
      write: (more: string) => (isGone ? write() : (text += more)),
      flush: () => (isGone ? flush() : undefined),
    });
    log.info("never seen");
    await log.flush();
    isGone = false;
    log.info("seen");
    await log.flush();
    log.info("and no more is lost");
    await log.flush();
    const lines = text.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).message)).toEqual([
      "seen",
      "lines lost: 1",
      "and no more is lost",
    ]);
  });

  test("lines wait until those before them are sent, but not without end", async () => {
    const sent = Promise.withResolvers<void>();
    const writes: string[] = [];
    const log = createLog(settings, {
      write: (more: string) => writes.push(more),
      flush: () => sent.promise,
    });
    log.info("sent slowly");
    const first = log.flush();
    for (let line = 1; line <= 10_002; line++) log.info("waiting");
    await log.flush();
    expect(writes).toHaveLength(1);
    sent.resolve();
    await first;
    await log.flush();
    const messages = writes[1]
      ?.trim()
      .split("\n")
      .map((line) => JSON.parse(line).message);
    expect(messages?.length).toBe(10_001);
    expect(messages?.at(-1)).toBe("lines lost: 2");
  });
});
