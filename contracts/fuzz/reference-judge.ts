import { type Fields, fieldsOf, type Meaning, meaningOf } from "./reference-status.ts";

/** What should become of a whole answer. */
export type ReferenceVerdict = { kind: "relay" } | ({ kind: "repair" } & Meaning);

/** Native words for an answer that never came (any case). */
const FAILED_NATIVELY = [
  "network_error",
  "insufficient_system_resource",
  "malformed_function_call",
  "error",
];

const CONTENT = [
  "content",
  "reasoning",
  "reasoning_content",
  "reasoning_details",
  "refusal",
  "tool_calls",
  "function_call",
  "audio",
  "images",
];

/**
 * Judges a plain answer of the chat endpoint that came with status 200, read whole. Where the
 * request had a `prompt` and no `messages`, it may be a `text`.
 */
export function referenceJsonVerdict(body: Uint8Array, isPrompt = false): ReferenceVerdict {
  const value = wholeJson(body);
  if (value === undefined) return failure();
  const claim = claimOf(value);
  if (claim) return { kind: "repair", ...claim };
  const answer = fieldsOf(value);
  const first = fieldsOf(Array.isArray(answer["choices"]) ? answer["choices"][0] : undefined);
  const isText = isPrompt && typeof first["text"] === "string";
  if (!isObject(first["message"]) && !isText) return failure(answer);
  return isFailedGeneration(choicesOf(value), first, answer) ? failure(answer) : { kind: "relay" };
}

/** What an answer or an event says of its own failure, if it does: rules 2 and 3 of the verdict. */
export function claimOf(value: unknown): Meaning | undefined {
  const claims = choicesOf(value).map((choice) => choiceClaim(choice, fieldsOf(value)));
  return bodyClaimOf(value) ?? claims.find((claim) => claim !== undefined);
}

/** What a body says of its own failure outside its choices: rule 2 of the verdict. */
export function bodyClaimOf(value: unknown): Meaning | undefined {
  const around = fieldsOf(Array.isArray(value) ? value[0] : value);
  if (saysSomething(around["error"])) return meaningOf(around["error"], around);
  return isBareError(around) ? meaningOf(around, {}) : undefined;
}

function choiceClaim(choice: Fields, around: Fields): Meaning | undefined {
  if (saysSomething(choice["error"])) return meaningOf(choice["error"], around);
  return choice["finish_reason"] === "error" ? meaningOf({}, around) : undefined;
}

/** Whether a choice holds anything that a model made, be it a text of white space. */
export function hasContent(choice: Fields): boolean {
  return contentOf(choice).some((value) => speaks(value, saysSomething));
}

/** Whether it holds anything more than white space. */
export function hasWords(choice: Fields): boolean {
  return contentOf(choice).some((value) => speaks(value, isNotBlank));
}

function contentOf(choice: Fields): unknown[] {
  const made = [fieldsOf(choice["delta"]), fieldsOf(choice["message"])];
  const calls = made.flatMap((fields) => [fields["tool_calls"]].flat());
  // A call speaks by its id too.
  const ids = calls.map((call) => fieldsOf(call)["id"]);
  return [...CONTENT.flatMap((name) => made.map((fields) => fields[name])), choice["text"], ...ids];
}

/** What every part of a container has, also one that says nothing. */
const FRAME = ["type", "index", "format", "id"];

/** Whether a value, or any part of a container, says something. */
function speaks(value: unknown, isSaid: (scalar: unknown) => boolean): boolean {
  if (Array.isArray(value)) return value.some((part) => speaks(part, isSaid));
  if (!isObject(value)) return isSaid(value);
  const parts = Object.entries(fieldsOf(value)).filter(([name]) => !FRAME.includes(name));
  return parts.some(([, part]) => speaks(part, isSaid));
}

function isNotBlank(scalar: unknown): boolean {
  return typeof scalar === "string" ? scalar.trim() !== "" : saysSomething(scalar);
}

/** Whether a choice without content says, in its provider's words, that it failed. */
export function failedNatively(choice: Fields): boolean {
  const reason = choice["native_finish_reason"];
  return typeof reason === "string" && FAILED_NATIVELY.includes(reason.toLowerCase());
}

/** Whether an error says something: `null`, `false`, `0`, `""` do not, nor what holds only such. */
export function saysSomething(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  return Object.values(value).some(saysSomething);
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The choices of an answer or an event that are objects. */
export function choicesOf(value: unknown): Fields[] {
  const choices = fieldsOf(value)["choices"];
  return Array.isArray(choices) ? choices.filter(isObject).map(fieldsOf) : [];
}

/** The value of a JSON text, or `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The repair of what failed without a word: 502, but for what stands where an error would. */
export function failure(around: Fields = {}): { kind: "repair" } & Meaning {
  return { kind: "repair", ...meaningOf({}, around) };
}

/** Whether the provider ended a choice with a word other than `error`. */
export function isFinished(choice: Fields): boolean {
  const reason = choice["finish_reason"];
  return typeof reason === "string" && reason !== "" && reason !== "error";
}

function isBareError(fields: Fields): boolean {
  const { code } = fields;
  const status = typeof code === "string" && /^\d+$/.test(code) ? Number(code) : code;
  const isStatus = Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
  const isAnswer = ["choices", "data", "output"].some((name) => name in fields);
  return "message" in fields && isStatus && !isAnswer;
}

/** Rule 5: no content and nothing else that an answer has, or the provider's word for a failure. */
function isFailedGeneration(choices: Fields[], first: Fields, answer: Fields): boolean {
  if (failedNatively(first) && !choices.some(hasWords)) return true;
  return !choices.some(hasContent) && !isFinished(first) && !hasTokens(answer);
}

/** Whether completion tokens were counted. */
export function hasTokens(value: unknown): boolean {
  const tokens = fieldsOf(fieldsOf(value)["usage"])["completion_tokens"];
  return ["number", "string"].includes(typeof tokens) && Number(tokens) > 0;
}

/** The form that a body's beginning shows, behind what keeps a connection alive. */
export function beginningOf(body: Uint8Array): "json" | "event-stream" | undefined {
  const text = withoutKeepAlive(new TextDecoder().decode(body));
  if (/^[{[]/.test(text)) return "json";
  return /^(data|event|id|retry):/.test(text) ? "event-stream" : undefined;
}

/** The value of a body, behind what keeps a connection alive; `undefined` where it is no JSON. */
export function wholeJson(body: Uint8Array): unknown {
  return parseJson(withoutKeepAlive(new TextDecoder().decode(body)));
}

function withoutKeepAlive(text: string): string {
  return text.replace(/^(?:[ \t\r\n\uFEFF]|:[^\r\n]*(?:\r|\n|$))*/, "");
}
