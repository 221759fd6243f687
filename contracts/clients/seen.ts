import { isObject } from "../../src/core/json.ts";

/** What the caller of a client got, and what it cost. */
export interface Seen {
  text: string;
  /** `none` where the client had not come to an end in time. */
  outcome: "answer" | "error" | "none";
  /** The error's own name. */
  class: string;
  status: number | undefined;
  message: string;
  /** Whether the error is not of the client's own kind. */
  crash: boolean;
  requests: number;
  seconds: number;
}

/** What a client's program prints, without what the matrix measures. */
export type Report = Omit<Seen, "requests" | "seconds">;

/** Reads the line that a client's program prints; undefined where it is not one. */
export function readReport(line: string): Report | undefined {
  if (!line.startsWith("{")) return undefined;
  const value = parse(line);
  if (!isObject(value)) return undefined;
  const { outcome, status } = value;
  if (outcome !== "answer" && outcome !== "error") return undefined;
  return {
    text: textOf(value["text"]),
    outcome,
    class: textOf(value["class"]),
    status: typeof status === "number" ? status : undefined,
    message: textOf(value["message"]),
    crash: value["crash"] === true,
  };
}

/** What is known of a client that has not come to an end, or ended without a word. */
export function noReport(outcome: "none" | "error", message: string): Report {
  const isEnd = outcome === "error";
  const name = isEnd ? "program ended" : "";
  return { text: "", outcome, class: name, status: undefined, message, crash: isEnd };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
