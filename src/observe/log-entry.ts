import type { Outcome, ExchangeRecord } from "./record.ts";

/** What one line of the access log says of an exchange. Times are in milliseconds. */
export interface LogEntry {
  method: string;
  path: string;
  requestId: string;
  /** The reading of `performance.now()` at which the request came. */
  arrivedAt: number;
  model?: string;
  stream?: boolean;
  upstreamStatus?: number;
  /** What the client got; absent where it left before there was a status. */
  status?: number;
  /** Why the answer is not upstream's: a rule of the verdict, or the kind of our failure. */
  rule?: string;
  /** From the request's arrival to upstream's header fields. */
  upstreamMs?: number;
  /** From upstream's header fields to the status line. */
  heldMs?: number;
  ms?: number;
  bytes?: number;
  generationId?: string | undefined;
}

/** The record that an entry stands for. It goes with `LogEntry`, once the proxy makes records. */
export function entryRecord(entry: LogEntry): ExchangeRecord {
  const { arrivedAt: _, generationId, ...rest } = entry;
  const facts = generationId === undefined ? {} : { generationId: generationId.slice(0, 200) };
  const outcome: Outcome = entry.rule === undefined ? "relayed" : "repaired";
  const begun = { route: "", at: 0, state: "over" as const, comments: 0, bytes: 0 };
  return { ...begun, ...rest, outcome, facts };
}
