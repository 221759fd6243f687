import type { ExchangeRecord } from "../../src/observe/record.ts";
import { startServer } from "../../src/server/server.ts";
import { type RawUpstream, startRawUpstream } from "./raw-upstream.ts";
import { readerOf, textEvent } from "./stream-events.ts";
import { configure, quiet } from "./ways.ts";

/** Candor in front of an upstream that a test answers by hand; stops at the end of its scope. */
export interface RawProxy extends AsyncDisposable {
  url: string;
  upstream: RawUpstream;
  /** Posts a JSON text to `/proxy`. */
  post(body: string, more?: PostOptions): Promise<Response>;
  /** The next entry of the access log. */
  nextEntry(): Promise<ExchangeRecord>;
  /** How many wrong keys were shown, by the client's address. */
  wrongKeys(): ReadonlyMap<string, number>;
}

interface PostOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Whether the connection may be kept, or one that was kept may be taken. */
  keepalive?: boolean;
}

/** A chat request that every check lets pass, plain and as a stream. */
export const PLAIN = JSON.stringify({ messages: [{ role: "user", content: "Hello" }] });
export const STREAM = JSON.stringify({ messages: [{ role: "user", content: "Hi" }], stream: true });

/** Starts both, with these settings. */
export function startRawProxy(settings: Record<string, string> = {}): RawProxy {
  const upstream = startRawUpstream();
  let entryWritten = Promise.withResolvers<ExchangeRecord>();
  const log = {
    ...quiet,
    end(entry: ExchangeRecord) {
      entryWritten.resolve(entry);
      entryWritten = Promise.withResolvers();
    },
  };
  // A failed test must not wait for what it left open.
  const defaults = { OPENROUTER_BASE_URL: upstream.url, DRAIN_TIMEOUT_MS: "100" };
  const config = configure({ ...defaults, ...settings });
  const server = startServer(config, (...asked) => fetch(...asked), log, { pauseMs: 0 });
  return {
    url: server.url,
    upstream,
    post: (body, more) => postTo(server.url, body, more),
    nextEntry: () => entryWritten.promise,
    wrongKeys: server.wrongKeys,
    async [Symbol.asyncDispose]() {
      upstream[Symbol.dispose]();
      await server.drain();
    },
  };
}

/** Posts a JSON text to the `/proxy` of a Candor. */
export function postTo(url: string, body: string, more: PostOptions = {}): Promise<Response> {
  const headers = { "content-type": "application/json", ...more.headers };
  return Bun.fetch(`${url}/proxy`, { method: "POST", ...more, headers, body });
}

/** What a stream that `beginStream` has begun says first. */
export const HELLO = textEvent("Hello");

/** A stream through the Candor at a URL that has begun: its client has read `HELLO`. */
export async function beginStream(url: string, upstream: RawUpstream) {
  const answer = postTo(url, STREAM);
  const asked = await upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(HELLO);
  const reader = readerOf(await answer);
  await reader.readUpTo(HELLO);
  return { asked, reader };
}

/** The promise, or an error where it is not kept within a second: for what has to happen at once. */
export async function atOnce<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("Not within a second.")), 1000);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
