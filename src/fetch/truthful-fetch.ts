import { flavourOf } from "../core/error-form.ts";
import type { Observe } from "../core/steps.ts";
import { DEFAULT_STRUCTURE } from "../core/structure.ts";
import { type Limits, truthfulResponse } from "../core/truthful-response.ts";
import { dialectAt } from "./endpoint.ts";
import { asFetched, withoutEmptyBody } from "./fetched-response.ts";
import { type Outcome, watchCall } from "./outcome.ts";
import {
  askedBody,
  type CallReading,
  type FetchArguments,
  readBodyText,
  readCall,
} from "./request-reading.ts";

export type { Outcome } from "./outcome.ts";

/** How a `truthfulFetch` goes about its work; durations in milliseconds. */
export interface TruthfulFetchOptions {
  /** The way to upstream: by default the global `fetch`, as it is at the time of each call. */
  fetch?: typeof fetch | undefined;
  /** How long a stream may be held back for its first event that decides: by default 45 seconds. */
  holdMs?: number | undefined;
  /** How much of a stream may be held back: by default 1 MiB. */
  holdBytes?: number | undefined;
  /** The longest silence of upstream within a stream: by default four minutes. */
  idleTimeoutMs?: number | undefined;
  /** Is told of every call that upstream answered, once it is over. */
  onOutcome?: ((outcome: Outcome) => void) | undefined;
}

/**
 * The path that a caller asked of a proxy says whose clients it has in mind. The one that is asked of
 * OpenRouter itself says nothing: it is the same for all.
 */
const NO_PATH = "";

/** The largest event that is judged. */
const LARGEST_EVENT_BYTES = 16 * 2 ** 20;

/**
 * A `fetch` whose answers have their true status. A failure that upstream hides in a 200 resolves to
 * an ordinary `Response` with that failure's status, and one that comes behind the status line ends
 * the stream with an error. In everything else it is the `fetch` that it wraps: the request goes out
 * as it is, and an abort or a network error rejects as ever.
 */
export function truthfulFetch(options: TruthfulFetchOptions = {}): typeof fetch {
  const limits = limitsOf(options);
  const truthful = (...[input, init]: FetchArguments) => answerCall(input, init, options, limits);
  // What a runtime adds to its `fetch`, such as Bun's `preconnect`, stays in reach.
  return Object.assign(truthful, options.fetch ?? globalThis.fetch);
}

async function answerCall(
  input: FetchArguments[0],
  init: FetchArguments[1],
  options: TruthfulFetchOptions,
  limits: Limits,
): Promise<Response> {
  const arrivedAt = performance.now();
  const call = readCall(input, init);
  const text = call.method === "POST" ? readBodyText(input, init) : undefined;
  const control = new AbortController();
  // Before the call is made: a body that an abort breaks off is then known to be given up.
  const unfollow = follow(call.signal, control);
  const observe = observeCall(call, arrivedAt, options, unfollow);
  const send = options.fetch ?? globalThis.fetch;
  try {
    const upstream = await send(input, init);
    // In a browser an answer may be hidden from its caller (Fetch, "opaque filtered response").
    if (upstream.status === 0) {
      unfollow();
      return upstream;
    }
    const { method } = call;
    const dialect = dialectAt(call.address, method);
    const body = dialect.isNamed ? askedBody(await text, upstream) : {};
    const { holdMs = 45_000 } = options;
    const flavour = () => flavourOf(NO_PATH, call.headers());
    const asked = { dialect, method, body, control, arrivedAt, holdMs, hide, flavour };
    const bodied = withoutEmptyBody(upstream, method);
    return asFetched(await truthfulResponse(bodied, asked, limits, observe), upstream);
  } catch (error) {
    observe({ kind: "ended", ending: control.signal.aborted ? "client-left" : "bug" });
    throw error;
  }
}

/** Aborts `control` when the caller aborts, until the function that comes back is called. */
function follow(signal: AbortSignal | undefined, control: AbortController): () => void {
  if (signal === undefined) return () => {};
  const leave = () => control.abort(signal.reason);
  signal.addEventListener("abort", leave);
  return () => signal.removeEventListener("abort", leave);
}

function observeCall(
  call: CallReading,
  calledAt: number,
  { onOutcome }: TruthfulFetchOptions,
  unfollow: () => void,
): Observe {
  // In a turn of its own: what the caller's function throws is no failure of this call.
  const watch =
    onOutcome && watchCall(call, calledAt, (outcome) => queueMicrotask(() => onOutcome(outcome)));
  return (step) => {
    watch?.(step);
    if (step.kind === "ended") unfollow();
  };
}

/** As a `fetch`, it waits for a whole answer, and for a reader, as long as its caller does. */
function limitsOf({ holdBytes = 2 ** 20, idleTimeoutMs = 240_000 }: TruthfulFetchOptions): Limits {
  return {
    streamHoldBytes: holdBytes,
    upstreamTimeoutMs: Number.POSITIVE_INFINITY,
    streamIdleTimeoutMs: idleTimeoutMs,
    // Its caller reads it into memory all the same.
    maxAnswerBytes: Number.POSITIVE_INFINITY,
    streamEventBytes: LARGEST_EVENT_BYTES,
    structure: DEFAULT_STRUCTURE,
    streamTailMs: 5000,
    clientStallTimeoutMs: Number.POSITIVE_INFINITY,
    // No proxy and no load balancer is waiting for a sign of life.
    keepAliveMs: Number.POSITIVE_INFINITY,
    keepComments: false,
    breakStreams: "as-upstream",
    defaultRetryAfterS: 2,
  };
}

/** The key is the caller's own: nothing is held here that an answer could tell. */
function hide(text: string): string {
  return text;
}
