import type { Level } from "./log-level.ts";
import { printable } from "./printable.ts";
import type { ExchangeRecord } from "./record.ts";

/** One exchange as a line of JSON, in whole milliseconds. */
export function jsonLine(record: ExchangeRecord, time: string, level: Level, version: string) {
  const { facts } = record;
  const line = {
    time,
    level,
    message: "exchange",
    method: record.method,
    path: record.path,
    model: record.model,
    stream: record.stream,
    upstream_status: record.upstreamStatus,
    status: record.status,
    outcome: record.outcome,
    rule: record.rule,
    true_status: record.trueStatus,
    code: record.code,
    cause: record.cause,
    hold: record.relayReason === "hold-limit" ? "limit" : undefined,
    key: record.keyName,
    client: record.client,
    provider: facts.provider,
    prompt_tokens: facts.promptTokens,
    completion_tokens: facts.completionTokens,
    cost: facts.cost,
    upstream_ms: whole(record.upstreamMs),
    held_ms: whole(record.heldMs),
    first_byte_ms: whole(record.firstByteMs),
    ms: whole(record.ms),
    bytes: record.bytes,
    request_id: record.requestId,
    generation_id: facts.generationId,
    version,
  };
  return printable(JSON.stringify(line));
}

function whole(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}
