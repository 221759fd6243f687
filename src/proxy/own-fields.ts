import type { ErrorForm } from "../core/error-form.ts";
import type { Cors } from "./cors.ts";
import { isAnthropicForm } from "./endpoint.ts";

/** What the own fields of an answer depend on. */
export interface FieldsContext {
  request: Request;
  requestId: string;
  form: ErrorForm;
  guards: Guards;
}

/** What the guards of all answers have in common. */
export interface Guards {
  cors: Cors;
  /** Whether every answer closes its connection: the server is about to stop. */
  closesConnections: boolean;
}

/** Adds the header fields that every answer of an endpoint has. */
export function addOwnFields(headers: Headers, context: FieldsContext): void {
  const { request, requestId, form, guards } = context;
  const upstreams = headers.get("x-request-id");
  if (upstreams !== null) headers.set("x-openrouter-request-id", upstreams);
  headers.set("x-request-id", requestId);
  // Anthropic's SDKs show it with every error.
  if (isAnthropicForm(form) && !headers.has("request-id")) headers.set("request-id", requestId);
  // Without it nginx holds a whole stream back in its usual configuration.
  if (isEventStream(headers)) headers.set("x-accel-buffering", "no");
  addGuards(headers, request, guards);
}

/** Adds what keeps any answer from being read as something else, or by somebody else's page. */
export function addGuards(headers: Headers, request: Request, guards: Guards): void {
  const { cors, closesConnections } = guards;
  headers.set("x-content-type-options", "nosniff");
  cors.allow(request, headers);
  if (closesConnections) headers.set("connection", "close");
}

function isEventStream(headers: Headers): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") === true;
}
