import type { Kind } from "./client-set.ts";

/** A failure as OpenRouter knows it. */
export interface Failure {
  status: number;
  message: string;
  /** OpenRouter's word, in `metadata.error_type`. */
  word: string;
}

/** Where upstream tells a failure. */
export type Place =
  | "status"
  | "body"
  | "choice"
  | "first event"
  | "after text"
  | "choice after text";

/** What upstream does. */
export type Script =
  | { does: "answer"; with?: "comments" | "null errors" }
  | { does: "call a tool" }
  | { does: "fail"; place: Place; failure: Failure; headers?: [string, string][] }
  /** All of these happen behind some text. */
  | { does: "stop"; how: "end" | "break" | "silence" }
  | { does: "say nothing" };

/** Something that upstream does, and what is true of it. */
export interface Situation {
  name: string;
  /** In a few words, for the page. */
  title: string;
  /** How a client has to be asked to meet it, the usual kind first. */
  kinds: Kind[];
  script: Script;
  /** What a good answer says; undefined where there is none. */
  answer?: RegExp;
  /** The status that a client should see, where OpenRouter named one. */
  status?: number;
  /** Words of the cause that a user should read, where OpenRouter said any. */
  cause?: string;
  /** Whether another try may help. */
  isTransient: boolean;
  /** The situation in which OpenRouter tells the same by a status. */
  told?: string;
}

const RATE_LIMIT: Failure = {
  status: 429,
  message: "Provider is rate-limited upstream, please try again shortly",
  word: "rate_limit_exceeded",
};
const DAILY_LIMIT: Failure = {
  status: 429,
  message: "Rate limit exceeded: free-models-per-day",
  word: "rate_limit_exceeded",
};
const NO_CREDITS: Failure = {
  status: 402,
  message: "Insufficient credits. Add more using https://openrouter.ai/credits",
  word: "payment_required",
};
const PROVIDER: Failure = {
  status: 502,
  message: "Provider disconnected unexpectedly",
  word: "provider_unavailable",
};
const INVALID: Failure = {
  status: 400,
  message: "Invalid request parameters",
  word: "invalid_request",
};
const INTERNAL: Failure = { status: 500, message: "Internal Server Error", word: "server" };

/** What a client may ask for that gets no stream: some ask for streams only, or for tools. */
const ANY: Kind[] = ["plain", "stream", "tools"];

/** What every client is put into, in the order of the page. */
export const SITUATIONS: Situation[] = [
  healthy("plain", "healthy answer", "plain", { does: "answer" }),
  healthy("stream", "healthy stream", "stream", { does: "answer" }),
  healthy("comments", "stream with comments", "stream", { does: "answer", with: "comments" }),
  healthy("null-errors", "stream with `error: null`", "stream", {
    does: "answer",
    with: "null errors",
  }),
  healthy("tools", "tool call", "tools", { does: "call a tool" }),
  failing("body-rate-limit", "200 with a 429", "body", RATE_LIMIT),
  failing("body-daily-limit", "200 with a daily limit", "body", DAILY_LIMIT),
  failing("body-no-credits", "200 with a 402", "body", NO_CREDITS),
  failing("body-provider", "200 with a 502", "body", PROVIDER),
  failing("body-choice", "200 with half a text and a 502", "choice", PROVIDER, ["plain", "tools"]),
  failing("first-rate-limit", "429 in the first event", "first event", RATE_LIMIT),
  failing("first-no-credits", "402 in the first event", "first event", NO_CREDITS),
  failing("first-provider", "502 in the first event", "first event", PROVIDER),
  failing("after-rate-limit", "429 after text", "after text", RATE_LIMIT),
  failing("after-provider", "502 after text", "after text", PROVIDER),
  failing("after-choice", "502 in a choice after text", "choice after text", PROVIDER),
  unsaid("cut", "stream ends early", ["stream"], { does: "stop", how: "end" }),
  unsaid("broken", "connection broken", ["stream"], { does: "stop", how: "break" }),
  unsaid("silence", "silence after text", ["stream"], { does: "stop", how: "silence" }),
  unsaid("empty-plain", "answer without content", ["plain", "tools"], { does: "say nothing" }),
  unsaid("empty-stream", "stream without content", ["stream"], { does: "say nothing" }),
  failing("true-invalid", "400", "status", INVALID),
  failing("true-no-credits", "402", "status", NO_CREDITS),
  failing("true-rate-limit", "429", "status", RATE_LIMIT),
  failing("true-rate-limit-wait", "429 with Retry-After", "status", RATE_LIMIT, undefined, [
    ["retry-after", "1"],
  ]),
  failing("true-daily-limit", "429 of a daily limit", "status", DAILY_LIMIT),
  failing("true-internal", "500", "status", INTERNAL),
  failing("true-provider", "502", "status", PROVIDER),
];

function healthy(name: string, title: string, kind: Kind, script: Script): Situation {
  const answer = kind === "tools" ? /Paris/ : /Hello from OpenRouter/;
  return { name, title, kinds: [kind], script, answer, isTransient: false };
}

function failing(
  name: string,
  title: string,
  place: Place,
  failure: Failure,
  kinds: Kind[] = place.endsWith(" event") || place.endsWith(" text") ? ["stream"] : ANY,
  headers: [string, string][] = [],
): Situation {
  const isTransient = failure !== DAILY_LIMIT && failure.status !== 402 && failure.status !== 400;
  const { status, message: cause } = failure;
  const script: Script = { does: "fail", place, failure, headers };
  const told = `true-${name.replace(/^(body|first|after)-/, "")}`;
  return { name, title, kinds, script, status, cause, isTransient, told };
}

function unsaid(name: string, title: string, kinds: Kind[], script: Script): Situation {
  return { name, title, kinds, script, isTransient: true };
}
