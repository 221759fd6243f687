import { truthfulFetch, type TruthfulFetchOptions } from "../../src/fetch/truthful-fetch.ts";
import { type RawUpstream, startRawUpstream } from "../harness/raw-upstream.ts";
import { STREAM } from "../harness/raw-proxy.ts";

/** A `truthfulFetch` before an upstream that a test answers by hand; stops at the end of its scope. */
export interface RawFetch extends Disposable {
  upstream: RawUpstream;
  /** The address of a chat. */
  url: string;
  fetch: typeof fetch;
  /** Asks for a chat, as a stream unless told otherwise. */
  chat(init?: RequestInit): Promise<Response>;
}

/** One event of a chat's stream that says something, and the last one. */
export const HELLO_EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n';
export const STOP_EVENT = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';

/** Starts both. */
export function startRawFetch(options: TruthfulFetchOptions = {}): RawFetch {
  const upstream = startRawUpstream();
  const url = `${upstream.url}/chat/completions`;
  const fetch = truthfulFetch(options);
  return {
    upstream,
    url,
    fetch,
    chat: (init) => fetch(url, chatInit(init)),
    [Symbol.dispose]: () => upstream[Symbol.dispose](),
  };
}

/** What a chat is asked with. */
export function chatInit(init: RequestInit = {}): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", body: STREAM, ...init, headers };
}
