import type { ExchangeRecord } from "../../src/observe/record.ts";

/** A healthy streamed answer; `more` changes it. */
export function record(more: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    requestId: "req_1",
    method: "POST",
    path: "/v1/chat/completions",
    route: "/v1/chat/completions",
    at: 1_764_000_000_000,
    state: "over",
    outcome: "relayed",
    model: "openai/gpt-4o-mini",
    stream: true,
    upstreamStatus: 200,
    status: 200,
    relayReason: "content",
    form: "event-stream",
    facts: { generationId: "gen-1", provider: "Azure", promptTokens: 12, completionTokens: 88 },
    comments: 0,
    sentMs: 1,
    upstreamMs: 120,
    heldMs: 400,
    firstByteMs: 520,
    ms: 2000,
    bytes: 4000,
    ...more,
  };
}

/** A failure that upstream hid in a 200, told in the status line. */
export function repaired(more: Partial<ExchangeRecord> = {}): ExchangeRecord {
  const { relayReason: _, ...rest } = record();
  return {
    ...rest,
    outcome: "repaired",
    status: 429,
    rule: "error-in-event",
    trueStatus: 429,
    claim: "error.code: 429",
    code: "rate_limit_exceeded",
    message: "Rate limit exceeded",
    decidedAt: { event: 3, start: 40, end: 90 },
    ...more,
  };
}

/** A stream that broke off behind its status line. */
export function inBand(more: Partial<ExchangeRecord> = {}): ExchangeRecord {
  const told = { rule: "cut", trueStatus: 502, code: "provider_unavailable" };
  return record({ outcome: "broken-off", ...told, ...more });
}

/** A request that never got an answer of upstream. */
export function unanswered(more: Partial<ExchangeRecord> = {}): ExchangeRecord {
  const { upstreamStatus: _, upstreamMs: __, heldMs: ___, relayReason: ____, ...rest } = record();
  const told = { rule: "unreachable", status: 502, trueStatus: 502, cause: "ECONNREFUSED" };
  return { ...rest, outcome: "no-answer", ...told, facts: {}, ...more };
}

/** A request that was refused here. */
export function refused(more: Partial<ExchangeRecord> = {}): ExchangeRecord {
  const { sentMs: _, ...rest } = unanswered();
  const { cause: __, ...told } = rest;
  return { ...told, outcome: "refused", rule: "wrong-key", status: 401, trueStatus: 401, ...more };
}
