import type { Dialect } from "../core/dialect.ts";
import { chat } from "../core/dialects/chat.ts";
import { completions } from "../core/dialects/completions.ts";
import { embeddings } from "../core/dialects/embeddings.ts";
import { messages } from "../core/dialects/messages.ts";
import { other } from "../core/dialects/other.ts";
import { responses } from "../core/dialects/responses.ts";
import type { ErrorForm } from "../core/error-form.ts";
import { isObject } from "../core/json.ts";
import { compileFlawFinder, type FindFlaw, missingField } from "./request-schema.ts";
import {
  ChatRequest,
  EmbeddingsRequest,
  MessagesRequest,
  ResponsesRequest,
} from "./request-schemas.ts";

/** One endpoint of upstream: what is asked of a request, and how its answers are judged. */
export interface Endpoint {
  dialect: Dialect;
  findFlaw: FindFlaw;
}

const findChatFlaw = compileFlawFinder(ChatRequest);

/** `POST /chat/completions`: the mission's endpoint. */
export const CHAT: Endpoint = { dialect: chat, findFlaw: requiring("messages") };

/** The named endpoints: they take JSON by POST, and their requests are checked. */
export const NAMED: Endpoint[] = [
  CHAT,
  { dialect: completions, findFlaw: requiring("prompt") },
  { dialect: embeddings, findFlaw: compileFlawFinder(EmbeddingsRequest) },
  { dialect: messages, findFlaw: compileFlawFinder(MessagesRequest) },
  { dialect: responses, findFlaw: compileFlawFinder(ResponsesRequest) },
];

/** Every other endpoint: any request passes. */
export const OTHER: Endpoint = { dialect: other, findFlaw: () => undefined };

/** The same for callers that read Anthropic's errors. */
const OTHER_OF_ANTHROPIC: Endpoint = {
  ...OTHER,
  dialect: { ...other, errorForm: messages.errorForm },
};

/** Where Anthropic's SDKs ask, also by a wrong base URL. */
const ANTHROPIC_PATH = /^(?:\/api)?(?:\/v1)*\/messages(?:\/|$)/;

/** The endpoint at a path that no named one has, by who asks there. */
export function otherEndpoint(path: string, headers: Headers): Endpoint {
  return isAnthropics(path, headers) ? OTHER_OF_ANTHROPIC : OTHER;
}

/** The form in which a caller reads that there is nothing at this path. */
export function errorFormAt(path: string, headers: Headers): ErrorForm {
  return otherEndpoint(path, headers).dialect.errorForm;
}

/** Whether errors have this form: then clients look for a `request-id` too. */
export function isAnthropicForm(form: ErrorForm): boolean {
  return form === messages.errorForm;
}

function isAnthropics(path: string, headers: Headers): boolean {
  return ANTHROPIC_PATH.test(path) || headers.has("anthropic-version");
}

/** The endpoint at a path below upstream's base URL, which may have a query. */
export function endpointOf(target: string, headers = new Headers()): Endpoint {
  const [path = ""] = target.split("?", 1);
  return NAMED.find(({ dialect }) => dialect.path === path) ?? otherEndpoint(path, headers);
}

/** The check of a chat; a request that asks nothing lacks the field with this name. */
function requiring(field: "messages" | "prompt"): FindFlaw {
  return (body) => {
    const flaw = findChatFlaw(body);
    if (flaw !== undefined) return flaw;
    const isAsked = isObject(body) && ("messages" in body || "prompt" in body);
    return isAsked ? undefined : missingField(field);
  };
}
