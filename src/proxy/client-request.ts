import { setImmediate } from "node:timers/promises";
import { ByteSink } from "../core/bytes.ts";
import { Deadline, TOO_LATE } from "../core/deadline.ts";
import type { DenseSet, Placed } from "../core/dense-set.ts";
import type { Dialect } from "../core/dialect.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Failure } from "./failure.ts";

/** Where clients find upstream's endpoints: OpenAI's base URL. */
export const BASE_PATH = "/v1";

/** A request that was found good. */
export interface ClientRequest {
  kind: "client-request";
  method: string;
  /** What is asked for, below upstream's base URL: a path, and a query if there is one. */
  target: string;
  headers: Headers;
  /** Aborted when the client leaves. */
  signal: AbortSignal;
  /** The body as it came: what upstream gets. Let go of when it is sent: it may be large. */
  bytes: Uint8Array | undefined;
  /**
   * What the body says, where that is an object in JSON; else empty. Its arrays and objects are
   * empty too, so that no image in a message is kept for as long as the answer takes.
   */
  body: JsonObject;
  /** How long this request's stream may be held back, in milliseconds from its arrival. */
  holdMs: number;
}

/** A request whose body is being received. */
export interface OpenRead extends Placed {
  /** Ends the wait for the rest of it: the server stops. */
  giveUp: () => void;
}

/** What a request may be, and how long it may take. */
export interface RequestLimits {
  openrouterApiKey?: string | undefined;
  proxyApiKeys: readonly { key: string }[];
  maxBodyBytes: number;
  requestTimeoutMs: number;
  streamHoldMs: number;
  upstreamTimeoutMs: number;
}

/**
 * Reads and checks a request: its size, its content type, its body, in this order. The bytes are
 * kept as they came: a number that JSON.parse rounds, the order of keys and unknown fields reach
 * upstream untouched. While the body is received, it is one of `openReads`.
 */
export async function readClientRequest(
  request: Request,
  endpoint: Endpoint,
  config: RequestLimits,
  openReads: DenseSet<OpenRead>,
): Promise<ClientRequest | Failure> {
  const { headers, method, signal } = request;
  const { dialect } = endpoint;
  const target = readTarget(request.url, dialect);
  if (typeof target !== "string") return target;
  const bytes = await readBytes(request, config, openReads);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const body = dialect.isNamed
    ? readNamedBody(bytes, headers, endpoint)
    : readAnyBody(bytes, request, config);
  if ("failure" in body) return body.failure;
  const holdMs = readHoldMs(headers, config);
  if (typeof holdMs !== "number") return holdMs;
  const kind = "client-request";
  return { kind, method, target, headers, signal, bytes, body: outline(body.value), holdMs };
}

/** What a body says, or why it cannot be taken. */
type BodyReading = { value: JsonObject } | { failure: Failure };

function readNamedBody(bytes: Uint8Array, headers: Headers, endpoint: Endpoint): BodyReading {
  const contentType = headers.get("content-type");
  if (!isJson(contentType)) return { failure: { kind: "wrong-content-type", contentType } };
  const value = parseUtf8Json(bytes);
  if (value === undefined) return findCoding(headers) ?? badBody("The body is not JSON in UTF-8.");
  const flaw = endpoint.findFlaw(value);
  if (flaw !== undefined) return badBody(flaw.message, flaw.param);
  return isObject(value) ? { value } : badBody("The body is not a JSON object.");
}

/** Any body passes, but for those that a page in a browser may send to a key that is held here. */
function readAnyBody(bytes: Uint8Array, request: Request, config: RequestLimits): BodyReading {
  const { headers, method } = request;
  if (method === "GET" || method === "HEAD") {
    // Bun hides such a body, and would send none.
    const hasBody = Number(headers.get("content-length")) > 0 || headers.has("transfer-encoding");
    return hasBody ? badBody(`A body with ${method} has no meaning.`) : { value: {} };
  }
  if (bytes.length === 0) return { value: {} };
  const coding = findCoding(headers);
  if (coding !== undefined) return coding;
  const contentType = headers.get("content-type");
  const isOpenToPages = config.openrouterApiKey !== undefined && config.proxyApiKeys.length === 0;
  if (isOpenToPages && !isJson(contentType)) {
    return { failure: { kind: "wrong-content-type", contentType } };
  }
  const value = isJson(contentType) ? parseUtf8Json(bytes) : undefined;
  return { value: isObject(value) ? value : {} };
}

/** Upstream would take a compressed body for what it is not: its coding is no field that crosses. */
function findCoding(headers: Headers): BodyReading | undefined {
  const coding = headers.get("content-encoding") ?? "identity";
  if (coding.toLowerCase() === "identity") return undefined;
  return { failure: { kind: "wrong-content-encoding", coding } };
}

/** A body with what its arrays and objects hold left out; of `input` the length is kept. */
function outline(body: JsonObject): JsonObject {
  const outlined: JsonObject = {};
  for (const name in body) {
    const value = body[name];
    if (Array.isArray(value)) outlined[name] = name === "input" ? outlineOfInput(value) : [];
    else outlined[name] = isObject(value) ? {} : value;
  }
  return outlined;
}

/** As many holes as there were inputs; an array of numbers, as tokens are, is one of them. */
function outlineOfInput(items: unknown[]): unknown[] {
  if (typeof items[0] === "number") return [0];
  const holes: unknown[] = [];
  holes.length = items.length;
  return holes;
}

function badBody(problem: string, param: string | null = null): BodyReading {
  return { failure: { kind: "bad-body", param, problem } };
}

/** Whether a body is declared to be JSON, and nothing else beside it. */
function isJson(contentType: string | null): boolean {
  return /^\s*application\/json\s*(;[^,]*)?$/i.test(contentType ?? "");
}

/**
 * `..` between slashes of which one is encoded: where upstream decodes `%2f` before it looks for
 * segments, that leads out of its base path.
 */
const HIDDEN_ASCENT = /(?:^|\/|%2f|%5c)(?:\.|%2e){2}(?:$|\/|%2f|%5c)/i;

/**
 * What a request asks for below the base URL. A path of the client's is normalized (WHATWG URL
 * §4.4), so that no `..` leads out of there.
 */
function readTarget(address: string, dialect: Dialect): string | Failure {
  if (dialect.isNamed && !address.includes("?")) return dialect.path;
  // Bun makes no address, or a broken one, of a path and a `Host` that is none (RFC 9112 §3.2).
  const url = URL.parse(address);
  if (url === null) return { kind: "bad-header", name: "host", problem: "This is no host." };
  const { pathname: path, search } = url;
  if (dialect.isNamed) return dialect.path + search;
  const isBelow = path.startsWith(`${BASE_PATH}/`) && !HIDDEN_ASCENT.test(path);
  const target = path.slice(BASE_PATH.length);
  return isBelow && /[^/]/.test(target) ? target + search : { kind: "unknown-path", path };
}

/** The whole body, or the failure that it is too large, too slow, or broke off. */
async function readBytes(
  request: Request,
  config: RequestLimits,
  openReads: DenseSet<OpenRead>,
): Promise<Uint8Array | Failure> {
  const length = request.headers.get("content-length");
  const limit = config.maxBodyBytes;
  if (Number(length) > limit) return { kind: "body-too-large", limit };
  const afterMs = config.requestTimeoutMs;
  const deadline = new Deadline();
  let isGivenUp = false;
  const read: OpenRead = {
    place: -1,
    giveUp() {
      isGivenUp = true;
      deadline.expire();
    },
  };
  openReads.add(read);
  try {
    const body = length === null ? readUnmeasured(request, limit) : request.bytes();
    const bytes = await deadline.wait<Uint8Array | Failure>(body, afterMs);
    if (bytes !== TOO_LATE) return bytes;
    return isGivenUp ? { kind: "shutdown" } : { kind: "request-timeout", afterMs };
  } catch {
    return { kind: "body-cut" };
  } finally {
    openReads.delete(read);
    deadline.clear();
  }
}

/**
 * A body of which no header tells the length. It is read once in each turn of the event loop, so
 * that Bun puts together what came meanwhile, and copied to one place: kept one by one, chunks of
 * one byte would cost a hundred times their size.
 */
async function readUnmeasured({ body }: Request, limit: number): Promise<Uint8Array | Failure> {
  const sink = new ByteSink();
  for await (const chunk of body ?? []) {
    if (sink.size + chunk.length > limit) return { kind: "body-too-large", limit };
    sink.write(chunk);
    await setImmediate();
  }
  return sink.take();
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
function readHoldMs(headers: Headers, config: RequestLimits): number | Failure {
  const name = "x-candor-hold-ms";
  const text = headers.get(name);
  if (text === null) return config.streamHoldMs;
  if (/^\d+$/.test(text) && Number(text) <= config.upstreamTimeoutMs) return Number(text);
  const problem = `"${text}" is not a whole number from 0 to ${config.upstreamTimeoutMs}.`;
  return { kind: "bad-header", name, problem };
}
