import type { Config } from "../config/config.ts";

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

/** Writes lines to the log: one for each exchange, and a few about the server's own life. */
export interface Log {
  exchange(entry: LogEntry): void;
  info(message: string): void;
  error(message: string, error?: unknown): void;
  /**
   * Writes what waits. Resolves when it is sent, or lost: whoever reads the log may take any time.
   * While an earlier flush is under way, it resolves at once, and what waits is written behind it.
   */
  flush(): Promise<void>;
}

const LEVELS = ["debug", "info", "warn", "error", "silent"];

/** How long a line may wait for others, so that one system call writes them all. */
const FLUSH_MS = 100;

/** How many lines may wait where the log is not read; more are lost, and their number is logged. */
const MOST_WAITING = 10_000;

/**
 * Where a log goes: `write` may buffer what `flush` then sends. Both may throw, or give a promise
 * that rejects.
 */
export interface LogOutput {
  write(text: string): unknown;
  flush(): unknown;
}

/**
 * Creates a log, on standard output unless told otherwise. No key and no body ever reach it:
 * entries have no field for them.
 */
export function createLog(
  config: Pick<Config, "logLevel" | "logFormat">,
  output: LogOutput = Bun.stdout.writer(),
): Log {
  const isPretty = (config.logFormat ?? (process.stdout.isTTY ? "pretty" : "json")) === "pretty";
  const format = isPretty ? prettyLine : (line: LogLine) => JSON.stringify(line);
  const lowest = LEVELS.indexOf(config.logLevel);
  let waiting: string[] = [];
  let lost = 0;
  let isWriting = false;

  function write(line: LogLine): void {
    if (LEVELS.indexOf(line.level) < lowest) return;
    if (waiting.length === MOST_WAITING) return void (lost += 1);
    waiting.push(format(line));
    if (waiting.length === 1 && !isWriting) flushSoon();
  }
  function flushSoon(): void {
    setTimeout(flush, FLUSH_MS).unref();
  }
  async function flush(): Promise<void> {
    // While whoever reads the log is behind, lines wait here, where they are counted.
    if (isWriting || waiting.length === 0) return;
    isWriting = true;
    const lines = waiting;
    const told = lost;
    waiting = [];
    try {
      const written = output.write(`${lines.join("\n")}\n${told > 0 ? lossLine(told) : ""}`);
      // Large writes give a promise. Small ones are flushed at once: a program at its end is gone.
      if (written instanceof Promise) await written;
      await output.flush();
      lost -= told;
    } catch {
      // A full disk, or nobody reads: no reason to let go of the exchanges under way.
      lost += lines.length;
    }
    isWriting = false;
    if (waiting.length > 0) flushSoon();
  }
  function lossLine(count: number): string {
    return `${format({ time: now(), level: "error", message: `lines lost: ${count}` })}\n`;
  }
  return {
    exchange: (entry) => write(exchangeLine(entry)),
    info: (message) => write({ time: now(), level: "info", message }),
    error: (message, bug) => {
      const error = bug === undefined ? undefined : describe(bug);
      write({ time: now(), level: "error", message, error });
    },
    flush,
  };
}

/** A line before it is written: what all lines have, and fields that only some have. */
interface LogLine {
  time: string;
  level: string;
  message: string;
  [field: string]: unknown;
}

function now(): string {
  return new Date().toISOString();
}

/** An entry with the log's spelling of names, and with whole milliseconds. */
function exchangeLine(entry: LogEntry): LogLine {
  return {
    time: now(),
    // An answer that is not upstream's own is what somebody may want to look at.
    level: entry.rule === undefined ? "info" : "warn",
    message: "exchange",
    method: entry.method,
    path: entry.path,
    model: entry.model?.slice(0, 200),
    stream: entry.stream,
    upstream_status: entry.upstreamStatus,
    status: entry.status,
    rule: entry.rule,
    upstream_ms: round(entry.upstreamMs),
    held_ms: round(entry.heldMs),
    ms: round(entry.ms),
    bytes: entry.bytes,
    request_id: entry.requestId,
    generation_id: entry.generationId?.slice(0, 200),
  };
}

function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

/** Texts are quoted as JSON where they hold more than a word, so that none can forge a line. */
function prettyLine({ time, level, message, ...fields }: LogLine): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const isWord = typeof value !== "string" || /^[\w./:@+-]+$/.test(value);
    return [`${name}=${isWord ? value : JSON.stringify(value)}`];
  });
  return [time.slice(11, 23), level.toUpperCase().padEnd(5), message, ...pairs].join(" ");
}

/** Where a bug is; its message may quote a body. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return `${error.name} ${place?.trim() ?? ""}`.trim();
}
