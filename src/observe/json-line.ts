import type { Level } from "./log-level.ts";
import { printable } from "./printable.ts";
import type { ExchangeRecord } from "./record.ts";

/** Texts that stand in JSON as they are: printable ASCII without quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * One exchange as a line of JSON, in whole milliseconds. Put together by hand: made into an object
 * first, each line would cost twice as much.
 */
export function jsonLine(record: ExchangeRecord, time: string, level: Level, version: string) {
  const { facts } = record;
  return (
    `{"time":"${time}","level":"${level}","message":"exchange"` +
    quoted("method", record.method) +
    quoted("path", record.path) +
    quoted("model", record.model) +
    plain("stream", record.stream) +
    plain("upstream_status", record.upstreamStatus) +
    plain("status", record.status) +
    quoted("outcome", record.outcome) +
    quoted("rule", record.rule) +
    plain("true_status", record.trueStatus) +
    quoted("code", record.code) +
    quoted("cause", record.cause) +
    (record.relayReason === "hold-limit" ? ',"hold":"limit"' : "") +
    quoted("key", record.keyName) +
    quoted("client", record.client) +
    quoted("provider", facts.provider) +
    plain("prompt_tokens", facts.promptTokens) +
    plain("completion_tokens", facts.completionTokens) +
    plain("cost", facts.cost) +
    whole("upstream_ms", record.upstreamMs) +
    whole("held_ms", record.heldMs) +
    whole("first_byte_ms", record.firstByteMs) +
    whole("ms", record.ms) +
    plain("bytes", record.bytes) +
    quoted("request_id", record.requestId) +
    quoted("generation_id", facts.generationId) +
    quoted("version", version) +
    "}"
  );
}

function quoted(name: string, content: string | undefined): string {
  if (content === undefined) return "";
  const text = PLAIN.test(content) ? `"${content}"` : printable(JSON.stringify(content));
  return `,"${name}":${text}`;
}

function plain(name: string, content: number | boolean | undefined): string {
  return content === undefined ? "" : `,"${name}":${content}`;
}

function whole(name: string, ms: number | undefined): string {
  return ms === undefined ? "" : `,"${name}":${Math.round(ms)}`;
}
