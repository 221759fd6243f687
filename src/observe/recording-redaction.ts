import type { Recording } from "../recordings/recording.ts";

/** What upstream did, before anything is taken out of it. */
export interface RawResponse extends Pick<Recording["response"], "status" | "headers" | "end"> {
  chunks: { at: number; bytes: Uint8Array }[];
}

/** Header fields that tell who was asked and by whom, or that are not true of the decoded body. */
const UNRECORDED = new Set(["set-cookie", "set-cookie2", "content-encoding", "date"]);

/** Keys and account ids, wherever a body quotes them. */
const SECRETS = /sk-[A-Za-z0-9_-]{8,}|\b(?:user|org)_[A-Za-z0-9]{8,}|(?<="user_id"\s*:\s*")[^"]+/g;

/**
 * The response without secrets. Each is replaced by as many letters, so that chunks keep their
 * edges, also where a secret lies in two of them.
 */
export function redactResponse(raw: RawResponse, keys: string[]): Recording["response"] {
  const { status, headers, chunks, end } = raw;
  const whole = Buffer.concat(chunks.map(({ bytes }) => bytes)).toString("latin1");
  const clean = Buffer.from(masked(whole, keys), "latin1");
  const isCoded = headers.some(([name]) => name === "content-encoding");
  let start = 0;
  return {
    status,
    headers: headers
      .filter(([name]) => !UNRECORDED.has(name) && !(isCoded && name === "content-length"))
      .map(([name, value]) => [name, masked(value, keys)]),
    chunks: chunks.map(({ at, bytes }) => {
      const cleanBytes = clean.subarray(start, start + bytes.length);
      start += bytes.length;
      return recordedChunk(at, cleanBytes);
    }),
    end,
  };
}

/** A text in which keys and account ids are replaced by as many letters. */
export function masked(text: string, keys: string[]): string {
  const forms = keys
    .filter((key) => key.length > 0)
    // Some servers write a slash in JSON so.
    .flatMap((key) => [key, key.replaceAll("/", "\\/")])
    .toSorted((one, other) => other.length - one.length);
  return forms.reduce(
    (clean, key) => clean.replaceAll(key, mask(key)),
    text.replace(SECRETS, mask),
  );
}

function mask(secret: string): string {
  return "x".repeat(secret.length);
}

function recordedChunk(at: number, bytes: Buffer): Recording["response"]["chunks"][number] {
  const text = bytes.toString("utf8");
  const isText = Buffer.from(text).equals(bytes);
  return isText ? { at, text } : { at, base64: bytes.toString("base64") };
}
