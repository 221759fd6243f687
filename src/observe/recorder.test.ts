import { describe, expect, test } from "bun:test";
import type { Step, ToldFault } from "../core/steps.ts";
import type { ExchangeRecord, Exhibit, RecordSink } from "./record.ts";
import { Recorder } from "./recorder.ts";
import { createRedaction } from "./redaction.ts";

const ARRIVAL = {
  requestId: "req_1",
  method: "POST",
  path: "/v1/chat/completions",
  route: "/v1/chat/completions",
  at: 1_764_000_000_000,
  arrivedAt: 1000,
};

const FAULT: ToldFault = {
  rule: "error-in-event",
  status: 429,
  claim: { status: 429, from: "error.code", claim: 429 },
  code: "rate_limit_exceeded",
  message: "Too many requests",
  place: { event: 3, start: 40, end: 90 },
};

/** A recorder whose clock is set by hand, with what its sink was given. */
function recording(keys: string[] = []) {
  const clock = { ms: 1000 };
  const begun: ExchangeRecord[] = [];
  const ended: { record: ExchangeRecord; exhibit: Exhibit | undefined }[] = [];
  const sink: RecordSink = {
    begin: (record) => begun.push(record),
    end: (record, exhibit) => ended.push({ record, exhibit }),
  };
  const context = { sinks: [sink], redact: createRedaction(keys), now: () => clock.ms };
  return { clock, begun, ended, recorder: new Recorder(ARRIVAL, context) };
}

function take(recorder: Recorder, ...steps: Step[]): ExchangeRecord {
  for (const step of steps) recorder.step(step);
  return recorder.record;
}

const TOLD = { upstream: { message: "No" }, answer: "{}" };
const HEADERS: Step = { kind: "headers", status: 200 };
const COMMITTED: Step = { kind: "committed", status: 200, reason: "content", place: undefined };
const WHOLE: Step = { kind: "ended", ending: "whole" };

test("a sink is given the record when the request comes, and the same object at its end", () => {
  const { begun, ended, recorder } = recording();
  expect(begun).toEqual([recorder.record]);
  expect(recorder.record.state).toBe("receiving");
  recorder.sent();
  expect(recorder.record.state).toBe("waiting");
  take(recorder, HEADERS, COMMITTED, WHOLE);
  expect(ended).toHaveLength(1);
  expect(ended[0]?.record).toBe(begun[0] ?? expect.unreachable());
});

test("a healthy stream is relayed, with its times, bytes and facts", () => {
  const { clock, recorder } = recording();
  recorder.asked({ model: "a/b", stream: true, keyName: "team-a" });
  recorder.sent();
  clock.ms = 1050;
  take(recorder, HEADERS, { kind: "form", form: "event-stream" });
  expect(recorder.record.state).toBe("holding");
  take(
    recorder,
    { kind: "held", bytes: 20, comments: 2 },
    { kind: "held", bytes: 29, comments: 3 },
  );
  clock.ms = 1080;
  take(recorder, COMMITTED, { kind: "relayed", bytes: 100 });
  expect(recorder.record.state).toBe("relaying");
  clock.ms = 1200;
  take(recorder, { kind: "relayed", bytes: 50 });
  take(recorder, { kind: "facts", facts: { generationId: "gen-1", provider: "X" } });
  take(recorder, { kind: "facts", facts: { completionTokens: 7 } }, WHOLE);
  expect(recorder.record).toEqual({
    requestId: "req_1",
    method: "POST",
    path: "/v1/chat/completions",
    route: "/v1/chat/completions",
    at: ARRIVAL.at,
    model: "a/b",
    stream: true,
    keyName: "team-a",
    state: "over",
    outcome: "relayed",
    upstreamStatus: 200,
    status: 200,
    relayReason: "content",
    form: "event-stream",
    facts: { generationId: "gen-1", provider: "X", completionTokens: 7 },
    comments: 3,
    sentMs: 0,
    upstreamMs: 50,
    heldMs: 30,
    firstByteMs: 80,
    lastByteMs: 200,
    ms: 200,
    bytes: 150,
  });
});

test("a repaired answer has the true status, where upstream named it, and its exhibit", () => {
  const { ended, recorder } = recording();
  expect(
    take(recorder, HEADERS, { kind: "repaired", told: TOLD, fault: FAULT }, WHOLE),
  ).toMatchObject({
    outcome: "repaired",
    upstreamStatus: 200,
    status: 429,
    trueStatus: 429,
    rule: "error-in-event",
    code: "rate_limit_exceeded",
    claim: "error.code: 429",
    decidedAt: { event: 3, start: 40, end: 90 },
  });
  expect(ended[0]?.exhibit).toEqual({ upstreamError: '{"message":"No"}', answer: "{}" });
});

test("a failure behind the status line keeps both statuses", () => {
  const { recorder } = recording();
  const steps: Step[] = [HEADERS, COMMITTED, { kind: "in-band", told: TOLD, fault: FAULT }];
  const record = take(recorder, ...steps, { kind: "ended", ending: "failed" });
  expect(record).toMatchObject({ outcome: "failed-in-band", status: 200, trueStatus: 429 });
});

describe("an ending says more than what came before it:", () => {
  test.each([
    { ending: "failed", outcome: "failed-in-band" },
    { ending: "broken-off", outcome: "broken-off" },
    { ending: "tail-lost", outcome: "tail-lost" },
    { ending: "client-left", outcome: "client-left" },
    { ending: "client-stalled", outcome: "client-stalled" },
    { ending: "bug", outcome: "bug" },
  ] as const)("$ending", ({ ending, outcome }) => {
    const { recorder } = recording();
    expect(take(recorder, HEADERS, COMMITTED, { kind: "ended", ending }).outcome).toBe(outcome);
  });
});

describe("a failure of our own", () => {
  test("that comes before the request goes upstream is a refusal", () => {
    const { recorder } = recording();
    recorder.failed({ kind: "bad-body", status: 400, message: "messages is missing" });
    recorder.ended("whole");
    expect(recorder.record).toMatchObject({
      outcome: "refused",
      rule: "bad-body",
      status: 400,
      trueStatus: 400,
      message: "messages is missing",
    });
  });

  test("that comes in place of upstream's answer is none, with its cause", () => {
    const { recorder } = recording();
    recorder.sent();
    recorder.failed({ kind: "unreachable", status: 502, cause: "ECONNREFUSED" });
    recorder.ended("whole");
    expect(recorder.record).toMatchObject({ outcome: "no-answer", cause: "ECONNREFUSED" });
  });

  test("that nobody reads has no status", () => {
    const { recorder } = recording();
    recorder.sent();
    recorder.failed({ kind: "client-gone" });
    recorder.ended("client-left");
    expect(recorder.record).toMatchObject({ outcome: "client-left", rule: "client-gone" });
    expect(recorder.record.status).toBeUndefined();
  });

  test("that is a bug is called so", () => {
    const { recorder } = recording();
    recorder.failed({ kind: "bug", status: 500 });
    recorder.ended("whole");
    expect(recorder.record.outcome).toBe("bug");
  });
});

test("what comes behind the end changes nothing, and no sink hears of it", () => {
  const { ended, recorder } = recording();
  take(recorder, HEADERS, COMMITTED, WHOLE, { kind: "relayed", bytes: 5 });
  take(recorder, { kind: "ended", ending: "client-left" });
  expect(recorder.record).toMatchObject({ outcome: "relayed", bytes: 0 });
  expect(ended).toHaveLength(1);
});

test("no text of a record holds a key, and each is short", () => {
  const key = "held-key-of-some-length";
  const { recorder } = recording([key]);
  recorder.asked({ model: `${key}${"m".repeat(500)}` });
  take(recorder, HEADERS, {
    kind: "facts",
    facts: { provider: key, generationId: key, promptTokens: 1 },
  });
  const message = `${"x".repeat(490)}${key}`;
  take(recorder, { kind: "in-band", told: TOLD, fault: { ...FAULT, message, code: key } });
  recorder.failed({ kind: "unreachable", cause: key });
  expect(JSON.stringify(recorder.record)).not.toMatch(/held-key/);
  expect(recorder.record.model).toHaveLength(200);
  expect(recorder.record.message).toHaveLength(495);
});
