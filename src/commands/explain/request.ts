import { BASE_PATH } from "../../proxy/client-request.ts";
import type { Capture } from "./capture.ts";
import type { ExplainOptions } from "./options.ts";
import type { Recording } from "../../recordings/recording.ts";
import { declaredForm, sniffForm } from "../../core/answer-form.ts";
import type { Dialect } from "../../core/dialect.ts";
import { chat } from "../../core/dialects/chat.ts";
import { type Endpoint, endpointOf } from "../../proxy/endpoint.ts";
import { other } from "../../core/dialects/other.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";

/** The request that a captured answer is an answer to. */
export interface AskedRequest {
  /** As Candor gets it. */
  request: Request;
  /** What its body says, where that is an object. */
  fields: JsonObject;
  isStream: boolean;
  endpoint: Endpoint;
  /** What was taken for granted, in sentences. */
  assumptions: string[];
}

/** Any request: each endpoint finds in it what it needs. */
const ANY_REQUEST: JsonObject = {
  model: "any",
  messages: [{ role: "user", content: "any" }],
  input: "any",
  prompt: "any",
  max_tokens: 1,
};

/** Callers bring a key, and its kind is nobody's business here. */
const ANY_KEY = "Bearer any";

/**
 * The captured request, or one that fits the captured answer, as the options change it. Throws
 * where the captured one can be none.
 */
export function requestOf(capture: Capture, options: ExplainOptions): AskedRequest {
  const path =
    options.endpoint === undefined
      ? (capture.request?.path ?? capture.askedPath ?? pathOf(chat))
      : pathOf(options.endpoint);
  const asked = capture.request ?? anyRequest(path);
  const given = parseJson(asked.body);
  const stream = options.isStream ?? (capture.request === undefined && isStream(capture));
  const isChanged = capture.request === undefined || options.isStream !== undefined;
  const fields = isObject(given) ? (isChanged ? { ...given, stream } : given) : {};
  const headers = new Headers(asked.headers);
  headers.set("authorization", ANY_KEY);
  const body = isChanged && isObject(given) ? JSON.stringify(fields) : asked.body;
  const init = { method: asked.method, headers, ...(body !== "" && { body }) };
  return {
    request: new Request(`http://localhost${BASE_PATH}${path}`, init),
    fields,
    isStream: fields["stream"] === true,
    endpoint: endpointOf(path, headers),
    assumptions: assumptionsOf(capture, options, stream),
  };
}

function anyRequest(path: string): Recording["request"] {
  const headers: [string, string][] = [["content-type", "application/json"]];
  return { method: "POST", path, headers, body: JSON.stringify(ANY_REQUEST) };
}

function pathOf({ path }: Dialect): string {
  return path === other.path ? "/other" : path;
}

/** Whether an answer looks like one to a streaming request. */
function isStream({ headers, body }: Capture): boolean {
  const beginning = new TextDecoder().decode(body);
  const form = declaredForm(headers.get("content-type")) ?? sniffForm(beginning, true);
  return form === "event-stream";
}

function assumptionsOf(capture: Capture, options: ExplainOptions, stream: boolean): string[] {
  if (capture.request !== undefined) return [];
  const assumptions: string[] = [];
  if (options.endpoint === undefined && capture.askedPath === undefined) {
    assumptions.push(`The request asked ${BASE_PATH}${chat.path} (--endpoint).`);
  }
  if (options.isStream === undefined) {
    const [was, flag] = stream ? ["a stream", "--no-stream"] : ["no stream", "--stream"];
    assumptions.push(`The request asked for ${was}, as it was answered (${flag}).`);
  }
  return assumptions;
}
