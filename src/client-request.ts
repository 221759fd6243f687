import type { Config } from "./config.ts";
import { createDeadline } from "./deadline.ts";
import type { Dialect } from "./wire/dialect.ts";
import type { Failure } from "./wire/failure.ts";
import { isObject, type JsonObject } from "./wire/json.ts";

/** A request to a named endpoint that was found good. */
export interface ClientRequest {
  kind: "client-request";
  headers: Headers;
  /** Aborted when the client leaves. */
  signal: AbortSignal;
  /** The body as it came: what upstream gets. */
  bytes: Uint8Array;
  /** What the body says. */
  body: JsonObject;
  /** How long this request's stream may be held back, in milliseconds from its arrival. */
  holdMs: number;
}

/**
 * Reads and checks a request: its size, its content type, its body, in this order. The bytes are
 * kept as they came: a number that JSON.parse rounds, the order of keys and unknown fields reach
 * upstream untouched.
 */
export async function readClientRequest(
  request: Request,
  dialect: Dialect,
  config: Config,
): Promise<ClientRequest | Failure> {
  const { headers, signal } = request;
  const bytes = await readBytes(request, config);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const contentType = headers.get("content-type");
  if (contentType?.split(";", 1)[0]?.trim().toLowerCase() !== "application/json") {
    return { kind: "wrong-content-type", contentType };
  }
  const body = parseUtf8Json(bytes);
  if (body === undefined) {
    return { kind: "bad-body", param: null, problem: "The body is not JSON in UTF-8." };
  }
  const flaw = dialect.findRequestFlaw(body);
  if (flaw !== undefined || !isObject(body)) {
    const problem = flaw?.message ?? "The body is not a JSON object.";
    return { kind: "bad-body", param: flaw?.param ?? null, problem };
  }
  const holdMs = readHoldMs(headers, config);
  if (typeof holdMs !== "number") return holdMs;
  return { kind: "client-request", headers, signal, bytes, body, holdMs };
}

/** The whole body, or the failure that it is too large, too slow, or broke off. */
async function readBytes(request: Request, config: Config): Promise<Uint8Array | Failure> {
  const length = request.headers.get("content-length");
  const limit = config.maxBodyBytes;
  if (Number(length) > limit) return { kind: "body-too-large", limit };
  const afterMs = config.requestTimeoutMs;
  const timeout = Promise.withResolvers<Failure>();
  const deadline = createDeadline();
  deadline.set(afterMs, () => timeout.resolve({ kind: "request-timeout", afterMs }));
  try {
    const body = length === null ? readUnmeasured(request, limit) : request.bytes();
    return await Promise.race([body, timeout.promise]);
  } catch {
    return { kind: "body-cut" };
  } finally {
    deadline.clear();
  }
}

/** A body of which no header tells the length. */
async function readUnmeasured({ body }: Request, limit: number): Promise<Uint8Array | Failure> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > limit) return { kind: "body-too-large", limit };
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true });

function parseUtf8Json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(strictDecoder.decode(bytes));
  } catch {
    return undefined;
  }
}

/** `x-candor-hold-ms`, by which a request sets its own `STREAM_HOLD_MS`. */
function readHoldMs(headers: Headers, config: Config): number | Failure {
  const name = "x-candor-hold-ms";
  const text = headers.get(name);
  if (text === null) return config.streamHoldMs;
  if (/^\d+$/.test(text) && Number(text) <= config.upstreamTimeoutMs) return Number(text);
  const problem = `"${text}" is not a whole number from 0 to ${config.upstreamTimeoutMs}.`;
  return { kind: "bad-header", name, problem };
}
