import { type CandorBinary, startBinary } from "../harness/candor-binary.ts";
import { type RawUpstream, startRawUpstream } from "../harness/raw-upstream.ts";
import type { Front } from "./front.ts";

/** A web server, the compiled Candor behind it, and an upstream that a test answers by hand. */
export interface Scene extends AsyncDisposable {
  candor: CandorBinary;
  upstream: RawUpstream;
  /** Posts a JSON text to `/v1/chat/completions` through the web server. */
  post(body: string, signal?: AbortSignal): Promise<Response>;
  /** Asks for a path through the web server. */
  get(path: string): Promise<Response>;
}

/** Starts all three; `startWebServer` gets Candor's host and port. */
export async function startScene(
  startWebServer: (candor: string) => Promise<Front>,
  environment: Record<string, string> = {},
): Promise<Scene> {
  const upstream = startRawUpstream();
  // A failed test must not wait for what it left open.
  const defaults = { OPENROUTER_BASE_URL: upstream.url, DRAIN_TIMEOUT_MS: "100" };
  const candor = await startBinary({ environment: { ...defaults, ...environment } });
  const front = await startWebServer(new URL(candor.url).host);
  const key = environment["PROXY_API_KEYS"];
  const ask = (path: string, init: BunFetchRequestInit) =>
    // The certificate of a test is signed by nobody.
    Bun.fetch(`${front.url}${path}`, { ...init, tls: { rejectUnauthorized: false } });
  return {
    candor,
    upstream,
    post(body, signal) {
      const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
      const headers = { "content-type": "application/json", ...authorization };
      const init = { method: "POST", headers, body, ...(signal === undefined ? {} : { signal }) };
      return ask("/v1/chat/completions", init);
    },
    get: (path) => ask(path, {}),
    async [Symbol.asyncDispose]() {
      upstream[Symbol.dispose]();
      await front[Symbol.asyncDispose]();
      await candor[Symbol.asyncDispose]();
    },
  };
}
