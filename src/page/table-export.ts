import type { ExchangeRecord } from "../observe/record.ts";

/** The columns of an export, in order. */
const COLUMNS: [name: string, read: (record: ExchangeRecord) => string | number | undefined][] = [
  ["time", ({ at }) => new Date(at).toISOString()],
  ["generation_id", ({ facts }) => facts.generationId],
  ["request_id", ({ requestId }) => requestId],
  ["model", ({ model }) => model],
  ["provider", ({ facts }) => facts.provider],
  ["key", ({ keyName }) => keyName],
  ["method", ({ method }) => method],
  ["path", ({ path }) => path],
  ["stream", ({ stream }) => (stream === undefined ? undefined : String(stream))],
  ["upstream_status", ({ upstreamStatus }) => upstreamStatus],
  ["client_status", ({ status }) => status],
  ["true_status", ({ trueStatus }) => trueStatus],
  ["outcome", ({ outcome }) => outcome],
  ["rule", ({ rule }) => rule],
  ["code", ({ code }) => code],
  ["message", ({ message }) => message],
  ["cause", ({ cause }) => cause],
  ["upstream_ms", ({ upstreamMs }) => whole(upstreamMs)],
  ["held_ms", ({ heldMs }) => whole(heldMs)],
  ["first_byte_ms", ({ firstByteMs }) => whole(firstByteMs)],
  ["ms", ({ ms }) => whole(ms)],
  ["prompt_tokens", ({ facts }) => facts.promptTokens],
  ["completion_tokens", ({ facts }) => facts.completionTokens],
  ["cost", ({ facts }) => facts.cost],
];

/** Exchanges as CSV (RFC 4180), with a line of names first. */
export function toCsv(records: ExchangeRecord[]): string {
  const rows = records.map((record) => COLUMNS.map(([, read]) => field(read(record))).join(","));
  return [COLUMNS.map(([name]) => name).join(","), ...rows, ""].join("\r\n");
}

/** Exchanges as JSON: an array of objects with the names of the columns. */
export function toJson(records: ExchangeRecord[]): string {
  const rows = records.map((record) =>
    Object.fromEntries(COLUMNS.map(([name, read]) => [name, read(record)])),
  );
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function whole(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

function field(value: string | number | undefined): string {
  if (typeof value !== "string") return String(value ?? "");
  // A spreadsheet would run what begins so as a formula (OWASP, CSV injection).
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
