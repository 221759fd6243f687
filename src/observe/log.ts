import type { Config } from "../config/config.ts";
import type { ExchangeRecord, RecordSink } from "./record.ts";

/** Writes lines to the log: one for each exchange, and a few about the server's own life. */
export interface Log extends RecordSink {
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
    end: (record) => write(exchangeLine(record)),
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

/** A record with the log's spelling of names, and with whole milliseconds. */
function exchangeLine(record: ExchangeRecord): LogLine {
  return {
    time: now(),
    level: levelOf(record),
    message: "exchange",
    method: record.method,
    path: record.path,
    model: record.model,
    stream: record.stream,
    upstream_status: record.upstreamStatus,
    status: record.status,
    rule: record.rule,
    upstream_ms: round(record.upstreamMs),
    held_ms: round(record.heldMs),
    ms: round(record.ms),
    bytes: record.bytes,
    request_id: record.requestId,
    generation_id: record.facts.generationId,
    error: record.outcome === "bug" ? record.cause : undefined,
  };
}

/** An answer that is not upstream's own is what somebody may want to look at. */
function levelOf({ outcome, rule }: ExchangeRecord): string {
  if (outcome === "bug") return "error";
  return rule === undefined ? "info" : "warn";
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
