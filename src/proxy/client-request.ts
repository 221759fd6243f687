import type { DenseSet } from "../core/dense-set.ts";
import type { JsonObject } from "../core/json.ts";
import { type StructureSettings, understandBody } from "./body-reading.ts";
import { decodeBody, findCoding } from "./content-coding.ts";
import { contentTypeOf, isJson } from "./content-type.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Failure } from "./failure.ts";
import type { GateSettings } from "./gate.ts";
import { type Hold, type HoldSettings, readHold } from "./hold-time.ts";
import { type BodyLimits, type Grow, type OpenRead, readBody } from "./request-body.ts";
import { plainPath, targetBelowBase } from "./request-path.ts";

export { BASE_PATH } from "./request-path.ts";

/** A request that was found good. */
export interface ClientRequest extends Hold {
  kind: "client-request";
  method: string;
  /** What is asked for, below upstream's base URL: a path, and a query if there is one. */
  target: string;
  headers: Headers;
  /** Aborted when the client leaves. */
  signal: AbortSignal;
  /**
   * The body as it came, but for a content coding: what upstream gets. Let go of when it is sent: it
   * may be large.
   */
  bytes: Uint8Array | undefined;
  /**
   * What the body says, where that is an object in JSON; else empty. Its arrays and objects are
   * empty too, so that no image in a message is kept for as long as the answer takes.
   */
  body: JsonObject;
}

/** What a request may be, and how long it may take. */
export interface RequestLimits extends BodyLimits, HoldSettings, StructureSettings {
  openrouterApiKey?: string | undefined;
  proxyApiKeys: GateSettings["proxyApiKeys"];
}

/**
 * Reads and checks a request: its size, its content type, its content coding, its body, in this
 * order. The bytes are kept as they came: a number that JSON.parse rounds, the order of keys and
 * unknown fields reach upstream untouched. While the body is received, it is one of `openReads`;
 * `grow` is told how large it has become, where its length does not tell.
 */
export async function readClientRequest(
  request: Request,
  endpoint: Endpoint,
  config: RequestLimits,
  openReads: DenseSet<OpenRead>,
  grow: Grow = () => undefined,
): Promise<ClientRequest | Failure> {
  const { headers, method, signal } = request;
  const target = readTarget(request.url, endpoint);
  if (typeof target !== "string") return target;
  const hold = readHold(headers, config);
  if ("kind" in hold) return hold;
  const bytes = await readDecoded(request, endpoint, config, openReads, grow);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const reading = await understandBody(bytes, headers, endpoint, config);
  if ("failure" in reading) return reading.failure;
  return {
    kind: "client-request",
    method,
    target,
    headers,
    signal,
    bytes,
    body: reading.outline,
    holdMs: hold.holdMs,
    isForwarded: hold.isForwarded,
  };
}

/** The body without its content coding; nothing is decoded that would not be taken. */
async function readDecoded(
  request: Request,
  endpoint: Endpoint,
  config: RequestLimits,
  openReads: DenseSet<OpenRead>,
  grow: Grow,
): Promise<Uint8Array | Failure> {
  const { headers } = request;
  const bytes = await readBody(request, config, openReads, grow);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const failure = endpoint.dialect.isNamed
    ? findWrongType(headers)
    : findUnwantedBody(bytes, request, config);
  if (failure !== undefined) return failure;
  const coding = bytes.length === 0 ? undefined : findCoding(headers);
  if (coding === undefined) return bytes;
  if (typeof coding !== "string") return coding;
  return decodeBody(bytes, coding, config.maxBodyBytes, grow);
}

function findWrongType(headers: Headers): Failure | undefined {
  const contentType = contentTypeOf(headers);
  return isJson(contentType) ? undefined : { kind: "wrong-content-type", contentType };
}

/** Any body passes, but for those that a page in a browser may send to a key that is held here. */
function findUnwantedBody(
  bytes: Uint8Array,
  { headers, method }: Request,
  config: RequestLimits,
): Failure | undefined {
  if (method === "GET" || method === "HEAD") {
    // Bun hides such a body, and would send none. Whether one without a length is empty, nobody knows.
    const hasBody = Number(headers.get("content-length")) > 0;
    const problem = `A body with ${method} has no meaning.`;
    return hasBody ? { kind: "bad-body", param: null, problem } : undefined;
  }
  const isOpen = config.openrouterApiKey !== undefined && config.proxyApiKeys.length === 0;
  const isPages = headers.has("origin") || headers.has("sec-fetch-site");
  return bytes.length > 0 && isOpen && isPages ? findWrongType(headers) : undefined;
}

/** What a request asks for below the base URL: the path as it is spelled, and the query. */
function readTarget(address: string, { dialect }: Endpoint): string | Failure {
  if (dialect.isNamed && !address.includes("?")) return dialect.path;
  // Bun makes no address, or a broken one, of a path and a `Host` that is none (RFC 9112 §3.2).
  const url = URL.parse(address);
  if (url === null) return { kind: "bad-header", name: "host", problem: "This is no host." };
  const { pathname: path, search } = url;
  if (dialect.isNamed) return dialect.path + search;
  const target = plainPath(path) === undefined ? undefined : targetBelowBase(path);
  return target === undefined ? { kind: "unknown-path", path } : target + search;
}
