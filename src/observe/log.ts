import type { Config } from "../config/config.ts";
import { jsonLine } from "./json-line.ts";
import { createLineWriter, type LineOutput } from "./line-writer.ts";
import { type Level, LEVELS, levelOf } from "./log-level.ts";
import { createPaint, prettyBeginning, prettyHead, prettyLine } from "./pretty-line.ts";
import { printable } from "./printable.ts";
import type { ExchangeRecord, RecordSink } from "./record.ts";

/** Writes lines to the log: one for each exchange, and a few about the server's own life. */
export interface Log extends RecordSink {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
  /** Writes what waits. Resolves when it is sent, or lost. */
  flush(): Promise<void>;
}

/** How a log is written. */
export interface LogSettings extends Pick<Config, "logLevel" | "logFormat"> {
  /** Candor's own; stands in every line of JSON. */
  version?: string;
  /** By default on a terminal, unless NO_COLOR forbids it (https://no-color.org). */
  isColored?: boolean;
}

/** Makes lines of one format. */
interface Format {
  ended(record: ExchangeRecord, time: string, level: Level): string;
  begun(record: ExchangeRecord, time: string): string;
  told(time: string, level: Level, message: string, error?: string): string;
}

/**
 * Creates a log, on standard output unless told otherwise. No key and no body ever reach it:
 * records have no field for them.
 */
export function createLog(settings: LogSettings, output: LineOutput = Bun.stdout.writer()): Log {
  const isTerminal = process.stdout.isTTY;
  const { logFormat = isTerminal ? "pretty" : "json", version = "", logLevel } = settings;
  const isColored = settings.isColored ?? (isTerminal && !process.env["NO_COLOR"]);
  const format = logFormat === "pretty" ? prettyFormat(isColored) : jsonFormat(version);
  const lowest = LEVELS.indexOf(logLevel);
  const isShown = (level: Level) => LEVELS.indexOf(level) >= lowest;
  const lossLine = (count: number) => format.told(now(), "error", `lines lost: ${count}`);
  const writer = createLineWriter(output, lossLine);

  function tell(level: Level, message: string, error?: string): void {
    if (isShown(level)) writer.write(format.told(now(), level, message, error));
  }
  /** A bug in here costs this line alone. */
  function lineOf(record: ExchangeRecord, time: string, level: Level): string {
    try {
      return format.ended(record, time, level);
    } catch (bug) {
      return format.told(time, "error", "a line of the log could not be made", describe(bug));
    }
  }
  const end = (record: ExchangeRecord) => {
    const level = levelOf(record);
    const at = Date.now();
    // A record does not change once its exchange is over. Many lines made at once cost a third of what
    // each costs at its exchange's end, and no request waits for them.
    if (isShown(level)) writer.write(() => lineOf(record, timeOf(at), level));
  };
  const begin = (record: ExchangeRecord) => writer.write(format.begun(record, now()));
  return {
    ...(isShown("debug") && { begin }),
    end,
    info: (message) => tell("info", message),
    warn: (message) => tell("warn", message),
    error: (message, bug) => tell("error", message, bug === undefined ? undefined : describe(bug)),
    flush: writer.flush,
  };
}

function jsonFormat(version: string): Format {
  return {
    ended: (record, time, level) => jsonLine(record, time, level, version),
    begun({ method, path, client, requestId: request_id }, time) {
      const line = { time, level: "debug", message: "request", method, path, client, request_id };
      return printable(JSON.stringify(line));
    },
    told: (time, level, message, error) =>
      printable(JSON.stringify({ time, level, message, error })),
  };
}

function prettyFormat(isColored: boolean): Format {
  const paint = createPaint(isColored);
  return {
    ended: (record, time, level) => prettyLine(record, time, level, paint),
    begun: (record, time) => prettyBeginning(record, time, paint),
    told(time, level, message, error) {
      const words = error === undefined ? message : `${message}: ${error}`;
      return `${prettyHead(time, level, paint)} ${printable(words)}`;
    },
  };
}

function now(): string {
  return timeOf(Date.now());
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** Where a bug is; its message may quote a body. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return `${error.name} ${place?.trim() ?? ""}`.trim();
}
