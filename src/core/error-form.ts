import { type ErrorBody, withoutAnswer } from "./error-body.ts";
import { isObject, type JsonObject, publicObject } from "./json.ts";

/**
 * Whose client reads an error. `code` is a word for OpenAI's, a number for OpenRouter's own (its SDKs
 * lose the class of every error otherwise, and aider says "add credits" only at `"code":402`). Codex
 * CLI reads OpenAI's form, and has words of its own for a limit that lasts.
 */
export type Flavour = "openai" | "openrouter" | "codex";

/** What is known of an error in band, besides the error. */
export interface InBand {
  status: number;
  /** Whether Candor found the fault (a cut, silence, no JSON): upstream reported nothing. */
  isOwn: boolean;
  /** The event that the fault was found in; undefined at the end of the body. */
  event: JsonObject | undefined;
  /** The last event that had no fault. */
  before: JsonObject | undefined;
  /** What `keeps` gave for the last event for which it gave anything. */
  frame: JsonObject | undefined;
  /** What the request's body says. */
  request: JsonObject;
  flavour: Flavour;
}

/** How the clients of an endpoint read an error. */
export interface ErrorForm {
  /** The body of an error answer. */
  answerBody(status: number, body: ErrorBody, flavour: Flavour): JsonObject;
  /** An error in band, as the events that tell it. */
  events(body: ErrorBody, inBand: InBand): string;
  /** The part of an event that a later error in band is made of; undefined: the event has none. */
  keeps?(data: JsonObject): JsonObject | undefined;
}

/** What an SDK of OpenRouter's calls itself. */
const OPENROUTER_SDK = /\bopenrouter\b/i;

/** Stops trying without credits only where an error has `"code":402` (aider/exceptions.py). */
const AIDER = "Aider";

/** Gives a stream up at a number in `code` that it would try again at digits. */
const QWEN_CODE = /^QwenCode\b/;

/** What Codex CLI and its likes say that they are, in `originator` (codex_exec, codex_vscode). */
const CODEX = /^codex/i;

/** Names the flavour in a request, against all other signs. */
const FLAVOUR_FIELD = "x-candor-error-form";

/** The flavour that a caller reads: by its own word, by the path that it asks, by what it calls itself. */
export function flavourOf(path: string, headers: Headers): Flavour {
  const asked = headers.get(FLAVOUR_FIELD);
  if (asked === "openai" || asked === "openrouter") return asked;
  // A number in `code` hides the whole error from it, on each path.
  if (CODEX.test(headers.get("originator") ?? "")) return "codex";
  const agent = headers.get("user-agent") ?? "";
  if (QWEN_CODE.test(agent)) return "openai";
  const isOpenrouters =
    path.startsWith("/api/") || OPENROUTER_SDK.test(agent) || headers.get("x-title") === AIDER;
  return isOpenrouters ? "openrouter" : "openai";
}

/**
 * OpenAI's form, on every endpoint without another. In band, where no status line can tell it, the
 * error of every form holds its `status`, by which Vercel's `ai` decides whether another try is worth
 * it (normalize-stream-provider-error.ts).
 */
export const openaiErrors: ErrorForm = {
  answerBody(status, body, flavour) {
    const answer = withoutAnswer(body);
    if (flavour !== "openrouter") return answer;
    return { ...answer, error: withNumber(status, answer.error) };
  },
  events: (body, { status }) => eventOf({ ...body, error: { status, ...body.error } }),
};

/** The form of chat completions. */
export const chatErrors = chunkErrors("chat.completion.chunk", { delta: {} });

/** The form of completions, whose choices have a text. */
export const completionsErrors = chunkErrors("text_completion", { text: "" });

/**
 * In band, an error is a whole completion chunk, told twice: some clients learn of a failure by
 * `finish_reason` alone, others read `error` only where `choices` is empty; most throw at the first.
 * `error` is the first key, since Go's clients match the beginning of the event.
 */
function chunkErrors(object: string, silence: JsonObject): ErrorForm {
  const failed = { index: 0, ...silence, finish_reason: "error" };
  return {
    answerBody: openaiErrors.answerBody,
    keeps: (data) => (Array.isArray(data["choices"]) ? data : undefined),
    events(body, inBand) {
      const { error, choices, ...beside } = body;
      const { status, isOwn, flavour, request } = inBand;
      const numbered = withNumber(status, error);
      // A number without an HTTP status is given up by qwen-code; nearly all others read both.
      const code = isOwn && flavour !== "openrouter" ? String(status) : status;
      const frame = { ...frameOf(request, object), ...keptOf(inBand), ...beside };
      const chunk = { error: { ...numbered, code, status }, ...frame };
      const given = Array.isArray(choices) && choices.length > 0 ? choices : [failed];
      return eventOf({ ...chunk, choices: given }) + eventOf({ ...chunk, choices: [] });
    },
  };
}

/** The fields of the last completion chunk that hold for another one. */
function keptOf({ frame = {} }: InBand): JsonObject {
  const { choices: _choices, usage: _usage, error: _error, ...kept } = frame;
  return publicObject(kept);
}

/** A chunk where upstream sent none. */
function frameOf({ model }: JsonObject, object: string): JsonObject {
  const created = Math.floor(Date.now() / 1000);
  return { id: "gen-none", object, created, model: typeof model === "string" ? model : "unknown" };
}

/** An error with its status as `code`, and the word for it in `metadata.error_type`. */
function withNumber(status: number, error: ErrorBody["error"]): JsonObject {
  const { code: word, metadata, ...rest } = error;
  const given = isObject(metadata) ? metadata : {};
  return { code: status, ...rest, metadata: { error_type: word, ...given } };
}

/**
 * OpenAI's error on the Responses endpoint, in band: the `error` event of its streams
 * (https://platform.openai.com/docs/api-reference/responses-streaming/error), beside which the same
 * stands under `error`, where the SDKs look; then `response.failed`, which Codex CLI waits for.
 * Typed clients want a `sequence_number`: upstream's count goes on. Upstream's own `response.failed`
 * stays as it came, and the `error` before it has the same number.
 */
export const responsesErrors: ErrorForm = {
  answerBody: openaiErrors.answerBody,
  keeps: ({ response }) => (isObject(response) ? response : undefined),
  events(body, { status, event, before, frame, request }) {
    const { error, type: _type, ...beside } = withoutAnswer(body);
    const { code, message, param } = error;
    const sequence_number = numberOf(beside) ?? (numberOf(before) ?? -1) + 1;
    const told = { ...error, status };
    const data = { type: "error", ...beside, sequence_number, code, message, param, error: told };
    const next = sequence_number + 1;
    const isFailed = event?.["type"] === "response.failed";
    const failed = isFailed
      ? publicObject(event)
      : failedResponse(frame, request, { code, message }, next);
    return eventOf(data, "error") + eventOf(failed, "response.failed");
  },
};

function numberOf(event: JsonObject | undefined): number | undefined {
  const number = event?.["sequence_number"];
  return typeof number === "number" ? number : undefined;
}

/** `response.failed` for the response that began, or for one that never did. */
function failedResponse(
  frame: JsonObject | undefined,
  { model }: JsonObject,
  error: JsonObject,
  sequence_number: number,
): JsonObject {
  const begun = frame ?? {
    id: "resp_none",
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    model: typeof model === "string" ? model : "unknown",
    output: [],
  };
  const response = { ...publicObject(begun), status: "failed", error };
  return { type: "response.failed", response, sequence_number };
}

/** What Anthropic calls a failure with this status (https://docs.claude.com/en/api/errors). */
const ANTHROPIC_TYPES: Record<number, string> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  524: "timeout_error",
  529: "overloaded_error",
};

/**
 * Errors as the Anthropic SDKs read them. What OpenAI's form says beyond that stays beside it:
 * `code` tells more than the few types do, and `param` names the field of a bad request.
 */
export const anthropicErrors: ErrorForm = {
  answerBody: (status, body) => toAnthropicBody(status, withoutAnswer(body)),
  // Without its name no Anthropic SDK would read the event.
  events: (body, { status }) =>
    eventOf(toAnthropicBody(status, { ...body, error: { ...body.error, status } }), "error"),
};

function toAnthropicBody(status: number, body: ErrorBody): JsonObject {
  const { error, type: _upstreams, ...beside } = body;
  const { message, type: _openais, param, code, ...rest } = error;
  const type = ANTHROPIC_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  const named = { type, message, ...(param !== null && { param }), code, ...rest };
  return { type: "error", error: named, ...beside };
}

function eventOf(data: JsonObject, name?: string): string {
  const line = `data: ${JSON.stringify(data)}\n\n`;
  return name === undefined ? line : `event: ${name}\n${line}`;
}
