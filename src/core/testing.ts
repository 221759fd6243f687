import { chat } from "./dialects/chat.ts";
import type { Step } from "./steps.ts";
import { type Asked, type Limits, truthfulResponse } from "./truthful-response.ts";

/** An answer of upstream that a test writes piece by piece. */
export interface Upstream {
  response: Response;
  send: (bytes: string | Uint8Array) => void;
  end: () => void;
  /** The connection breaks. */
  cut: () => void;
  /** Whether the rest was given up. */
  isCanceled: () => boolean;
}

/** Begins an answer: an event stream, unless told. */
export function openUpstream(contentType = "text/event-stream", init: ResponseInit = {}): Upstream {
  let isCanceled = false;
  let isOver = false;
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => void (body = controller),
    cancel: () => void (isOver = isCanceled = true),
  });
  const headers = { "content-type": contentType, ...init.headers };
  return {
    response: new Response(stream, { ...init, headers }),
    send: (bytes) => body?.enqueue(typeof bytes === "string" ? encoder.encode(bytes) : bytes),
    end: () => body?.close(),
    cut() {
      if (!isOver) body?.error(new Error("ECONNRESET"));
      isOver = true;
    },
    isCanceled: () => isCanceled,
  };
}

/**
 * Limits that no test reaches by accident. All are below the length from which limits share one
 * ticking timer, so that a test may stop the clock.
 */
export const LIMITS: Limits = {
  streamHoldBytes: 1_000_000,
  upstreamTimeoutMs: 4000,
  streamIdleTimeoutMs: 4000,
  maxAnswerBytes: 10_000_000,
  streamEventBytes: 1_000_000,
  structure: { maxDepth: 500, maxContainers: 1_000_000 },
  streamTailMs: 4000,
  clientStallTimeoutMs: 4000,
  keepAliveMs: 4000,
  keepComments: false,
  breakStreams: "as-upstream",
  defaultRetryAfterS: 2,
};

/** One exchange that a test watches. */
export interface Watched {
  answer: Promise<Response>;
  steps: Step[];
  /** Whether the client's connection was broken off. */
  isBrokenOff: () => boolean;
  control: AbortController;
}

/** Asks for a stream of a chat, unless told, and has this answer judged. */
export function ask(
  upstream: Upstream,
  more: Partial<Asked> = {},
  limits: Partial<Limits> = {},
): Watched {
  const steps: Step[] = [];
  const control = new AbortController();
  // As `fetch` does with the body of a request that is aborted.
  control.signal.addEventListener("abort", upstream.cut);
  let isBrokenOff = false;
  const asked: Asked = {
    dialect: chat,
    method: "POST",
    body: { stream: true },
    control,
    arrivedAt: performance.now(),
    holdMs: 4000,
    hide: (text) => text,
    flavour: () => "openai",
    breakOff: () => void (isBrokenOff = true),
    ...more,
  };
  const observe = (step: Step) => void steps.push(step);
  const answer = truthfulResponse(upstream.response, asked, { ...LIMITS, ...limits }, observe);
  return { answer, steps, isBrokenOff: () => isBrokenOff, control };
}

/** An event of a stream with this data. */
export function eventOf(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** An event of a chat with a piece of text. */
export function textEvent(content: string): string {
  return eventOf({ choices: [{ index: 0, delta: { content } }] });
}

export const FINISH = eventOf({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
export const DONE = "data: [DONE]\n\n";
export const COMMENT = ": OPENROUTER PROCESSING\n\n";

/** The steps without their numbers and places. */
export function kindsOf(steps: Step[]): string[] {
  return steps.map((step) => (step.kind === "ended" ? step.ending : step.kind));
}

/** Lets all go on that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await undefined;
}

const encoder = new TextEncoder();
