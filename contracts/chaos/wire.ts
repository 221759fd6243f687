import { STATUS_CODES } from "node:http";
import type { Random } from "./random.ts";

/** What upstream does next with its socket. */
export type Step =
  | { kind: "write"; bytes: Uint8Array }
  | { kind: "wait"; ms: number }
  /** Does nothing until the other side has left. */
  | { kind: "stall" }
  | { kind: "reset" }
  /** Closes the connection with a FIN. */
  | { kind: "close" };

/** How the end of a body is told. */
export type Framing = "chunked" | "length" | "close";

/** How an answer ends: as its framing says, or not. */
export type End = "whole" | "close" | "reset" | "stall";

/** An answer of upstream, before it is put into the bytes of HTTP/1.1. */
export interface WireAnswer {
  status?: number;
  contentType: string;
  headers?: Record<string, string>;
  framing?: Framing;
  /** Bytes to be written at a time, and milliseconds to be waited. */
  body: (Uint8Array | number)[];
  end?: End;
}

/** More than what comes, where the body is to end too early. */
const MISSING_BYTES = 1000;

/** The steps that put an answer on the wire. */
export function wireSteps(answer: WireAnswer): Step[] {
  const { body, framing = "chunked", end = "whole" } = answer;
  const steps = body.map((part): Step => {
    if (typeof part === "number") return { kind: "wait", ms: part };
    return { kind: "write", bytes: framing === "chunked" ? asChunk(part) : part };
  });
  steps.unshift({ kind: "write", bytes: headBytes(answer) });
  if (end !== "whole") steps.push({ kind: end });
  else if (framing === "chunked") steps.push({ kind: "write", bytes: Buffer.from("0\r\n\r\n") });
  else if (framing === "close") steps.push({ kind: "close" });
  return steps;
}

/** The bytes in pieces, cut where no one would, with pauses of a few milliseconds at some cuts. */
export function scatter(random: Random, bytes: Uint8Array, most = 6): (Uint8Array | number)[] {
  const parts: (Uint8Array | number)[] = [];
  let start = 0;
  for (let left = random.between(0, most - 1); left > 0 && start < bytes.length - 1; left--) {
    const end = random.between(start + 1, bytes.length - 1);
    parts.push(bytes.subarray(start, end));
    if (random.chance(0.5)) parts.push(random.between(0, 8));
    start = end;
  }
  parts.push(bytes.subarray(start));
  return parts;
}

function headBytes({
  status = 200,
  contentType,
  headers = {},
  framing = "chunked",
  body,
  end,
}: WireAnswer): Uint8Array {
  const fields: Record<string, string> = { "content-type": contentType, ...headers };
  if (framing === "chunked") fields["transfer-encoding"] = "chunked";
  if (framing === "close") fields["connection"] = "close";
  if (framing === "length") {
    const length = body.reduce<number>((sum, part) => sum + byteLength(part), 0);
    fields["content-length"] = String(
      (end ?? "whole") === "whole" ? length : length + MISSING_BYTES,
    );
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`);
}

function asChunk(bytes: Uint8Array): Uint8Array {
  // A chunk of no bytes would end the body.
  if (bytes.length === 0) return bytes;
  const size = Buffer.from(`${bytes.length.toString(16)}\r\n`);
  return Buffer.concat([size, bytes, Buffer.from("\r\n")]);
}

function byteLength(part: Uint8Array | number): number {
  return typeof part === "number" ? 0 : part.length;
}
