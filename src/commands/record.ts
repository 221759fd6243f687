import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../config/config.ts";
import { type Recording } from "../recordings/recording.ts";
import type { Send } from "../proxy/upstream-call.ts";
import { upstreamRequestHeaders } from "../proxy/request-fields.ts";

/** How `candor record` is called. */
export const RECORD_USAGE =
  'candor record --model MODEL [--stream] [--name NAME] [--folder fixtures] "prompt"';

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
  const call = readCall(words);
  if ("problems" in call) return call;
  const reading = readConfig(environment, []);
  if ("problems" in reading) return reading;
  const { openrouterApiKey: key, openrouterBaseUrl, upstreamTimeoutMs } = reading.config;
  if (key === undefined) return { problems: ["OPENROUTER_API_KEY is not set"] };

  const { request, path, model } = call;
  const signal = AbortSignal.timeout(upstreamTimeoutMs);
  const response = await perform(send, openrouterBaseUrl, request, key, signal);
  const note = `recorded by candor ${version} with model ${model}`;
  const origin = { kind: "recorded" as const, at: new Date().toISOString(), note };
  const recording: Recording = {
    origin,
    request: { ...request, body: clean(request.body, key) },
    response: redact(response, key),
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(recording, null, 2)}\n`);
  return { path };
}

/** What the words of the command ask for. */
interface Call {
  request: Recording["request"];
  model: string;
  path: string;
}

function readCall(words: string[]): Call | { problems: string[] } {
  const usage = `usage: ${RECORD_USAGE}`;
  const text = { type: "string" as const };
  const options = { model: text, name: text, folder: text, stream: { type: "boolean" as const } };
  try {
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
    const { model, stream = false } = values;
    const prompt = positionals[0];
    if (model === undefined || prompt === undefined) return { problems: [usage] };
    const slug = model.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase();
    const name = values.name ?? `recorded-${slug}${stream ? "-stream" : ""}`;
    const body = JSON.stringify({ model, messages: [{ role: "user", content: prompt }], stream });
    const headers: [string, string][] = [["content-type", "application/json"]];
    return {
      request: { method: "POST", path: "/chat/completions", headers, body },
      model,
      path: join(values.folder ?? "fixtures", "chat-completions", `${name}.json`),
    };
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error), usage] };
  }
}

/** What upstream did, before anything is taken out of it. */
interface RawResponse extends Pick<Recording["response"], "status" | "headers" | "end"> {
  chunks: { at: number; bytes: Uint8Array }[];
}

async function perform(
  send: Send,
  baseUrl: string,
  { method, path, headers, body }: Recording["request"],
  key: string,
  signal: AbortSignal,
): Promise<RawResponse> {
  const upstream = await send(baseUrl + path, {
    method,
    headers: upstreamRequestHeaders(new Headers(headers), key),
    body: new TextEncoder().encode(body),
    redirect: "manual",
    signal,
  });
  const startedAt = performance.now();
  const chunks: RawResponse["chunks"] = [];
  let end: RawResponse["end"] = "closed";
  try {
    for await (const bytes of upstream.body ?? []) {
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
