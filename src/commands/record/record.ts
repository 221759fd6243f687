import { readConfig } from "../../config/config.ts";
import { upstreamRequestHeaders } from "../../proxy/request-fields.ts";
import type { Send } from "../../proxy/upstream-call.ts";
import { type Recording } from "../../recordings/recording.ts";
import { MOST_BYTES, MOST_BYTES_SHOWN } from "../read-bounded.ts";
import { readRecordCall } from "./options.ts";
import { findObstacle, writeOnce } from "./write-once.ts";

/** Header fields that tell who was asked and by whom, not what was answered. */
const UNRECORDED_HEADERS = new Set(["set-cookie", "content-encoding", "date"]);

/** Keys and account ids, wherever a body quotes them. */
const SECRETS = /sk-[A-Za-z0-9_-]{8,}|\b(?:user|org)_[A-Za-z0-9]{8,}|(?<="user_id"\s*:\s*")[^"]+/g;

/**
 * Performs one real exchange with OpenRouter, with the key of the environment, and writes it as a
 * fixture without keys and account ids. Returns the path of the file, or what is wrong with the call.
 */
export async function record(
  environment: Record<string, string | undefined>,
  words: string[],
  send: Send,
  version: string,
): Promise<{ path: string } | { problems: string[] }> {
  const call = readRecordCall(words);
  if ("problems" in call) return call;
  const reading = readConfig(environment, []);
  if ("problems" in reading) return reading;
  const { openrouterApiKey: key, openrouterBaseUrl, upstreamTimeoutMs } = reading.config;
  if (key === undefined) return { problems: ["OPENROUTER_API_KEY is not set"] };
  const { request, file, what } = call;
  // Before anything is asked for, which costs money.
  const obstacle = findObstacle(file);
  if (obstacle !== undefined) return { problems: [obstacle] };

  const signal = AbortSignal.timeout(upstreamTimeoutMs);
  const response = await perform(send, openrouterBaseUrl, request, key, signal);
  if (response === undefined)
    return { problems: [`the answer is larger than ${MOST_BYTES_SHOWN}`] };
  const note = `recorded by candor ${version} with ${what}`;
  const recording: Recording = {
    origin: { kind: "recorded", at: new Date().toISOString(), note },
    request: { ...request, body: clean(request.body, key) },
    response: redact(response, key),
  };
  writeOnce(file, `${JSON.stringify(recording, null, 2)}\n`);
  return { path: file };
}

/** What upstream did, before anything is taken out of it. */
interface RawResponse extends Pick<Recording["response"], "status" | "headers" | "end"> {
  chunks: { at: number; bytes: Uint8Array }[];
}

/** Performs the exchange; undefined where the answer is larger than what is read. */
async function perform(
  send: Send,
  baseUrl: string,
  { method, path, headers, body }: Recording["request"],
  key: string,
  signal: AbortSignal,
): Promise<RawResponse | undefined> {
  const upstream = await send(baseUrl + path, {
    method,
    headers: upstreamRequestHeaders(new Headers(headers), key),
    body: body === "" ? undefined : new TextEncoder().encode(body),
    redirect: "manual",
    signal,
  });
  const startedAt = performance.now();
  const chunks: RawResponse["chunks"] = [];
  let end: RawResponse["end"] = "closed";
  let length = 0;
  try {
    for await (const bytes of upstream.body ?? []) {
      length += bytes.length;
      if (length > MOST_BYTES) return undefined;
      chunks.push({ at: Math.round(performance.now() - startedAt), bytes });
    }
  } catch (error) {
    // What upstream did not do is not recorded.
    if (signal.aborted) throw error;
    end = "reset";
  }
  return { status: upstream.status, headers: [...upstream.headers], chunks, end };
}

/** The response without secrets. Each is replaced by as many letters, so that chunks keep their edges. */
function redact({ status, headers, chunks, end }: RawResponse, key: string): Recording["response"] {
  const whole = Buffer.concat(chunks.map(({ bytes }) => bytes)).toString("latin1");
  const cleanBody = Buffer.from(clean(whole, key), "latin1");
  let start = 0;
  return {
    status,
    headers: headers
      .filter(([name]) => !UNRECORDED_HEADERS.has(name))
      .map(([name, value]) => [name, clean(value, key)]),
    chunks: chunks.map(({ at, bytes }) => {
      const cleanBytes = cleanBody.subarray(start, start + bytes.length);
      start += bytes.length;
      return recordChunk(at, cleanBytes);
    }),
    end,
  };
}

function clean(text: string, key: string): string {
  return text.replace(SECRETS, mask).replaceAll(key, mask(key));
}

function mask(secret: string): string {
  return "x".repeat(secret.length);
}

function recordChunk(at: number, bytes: Buffer): Recording["response"]["chunks"][number] {
  const text = bytes.toString("utf8");
  const isText = Buffer.from(text).equals(bytes);
  return isText ? { at, text } : { at, base64: bytes.toString("base64") };
}
