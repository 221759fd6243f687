import type { Failure } from "./failure.ts";
import { BASE_PATH, plainPath } from "./request-path.ts";

/** Where a path ends that some client made of a base URL. */
const ENDPOINT =
  /(?:^|\/)(?:chat\/completions|completions|embeddings|responses|(messages(?:\/count_tokens)?)|models|proxy)$/;

/** Where somebody looks who knows the address alone. */
const BEGINNINGS = new Set(["/", "/v1", "/api", "/api/v1"]);

/**
 * The failure that there is nothing at a path, below a prefix. Where the base URL of a client is
 * probably wrong, it names the one to use: Anthropic's clients add `/v1` to it themselves.
 */
export function unknownPath(asked: string, { url, headers }: Request, prefix = ""): Failure {
  const path = prefix + asked;
  const plain = plainPath(asked) ?? asked;
  const [meant, messages] = ENDPOINT.exec(plain) ?? [];
  const address = URL.parse(url);
  if (address === null || (meant === undefined && !BEGINNINGS.has(plain))) {
    return { kind: "unknown-path", path };
  }
  const isAnthropics = messages !== undefined || headers.has("anthropic-version");
  // TLS may end in front of Candor.
  const scheme = headers.get("x-forwarded-proto") === "https" ? "https:" : address.protocol;
  const api = /^\/api(?:\/|$)/.test(plain) ? "/api" : "";
  const version = isAnthropics ? "" : BASE_PATH;
  const baseUrl = `${scheme}//${address.host}${prefix}${api}${version}`;
  return { kind: "unknown-path", path, baseUrl };
}
