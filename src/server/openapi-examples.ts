import { setImmediate } from "node:timers/promises";
import { readConfig } from "../config/config.ts";
import { parseJson } from "../core/json.ts";
import { endpointOf } from "../proxy/endpoint.ts";
import { createProxy } from "../proxy/proxy.ts";
import { BASE_PATH } from "../proxy/request-path.ts";
import type { Send } from "../proxy/upstream-call.ts";
import { readFixture } from "../recordings/fixtures.ts";
import { replayedResponse } from "../recordings/replay.ts";

/** One answer of Candor's, as a client gets it. */
export interface ExampleAnswer {
  /** How it came about: the fixture, or what was wrong with the request. */
  summary: string;
  status: number;
  contentType: string;
  /** Parsed where it is JSON; else its text. */
  value: unknown;
}

/** The fixtures that are shown, below the path whose clients get the answers. */
const SHOWN: Record<string, string[]> = {
  "/chat/completions": [
    "chat-completions/200-success",
    "chat-completions/stream-success",
    "chat-completions/stream-429-after-content",
    "chat-completions/400-model-not-found",
    "chat-completions/401-missing-auth",
    "chat-completions/402-insufficient-credits",
    "chat-completions/403-key-limit",
    "chat-completions/404-no-endpoints-model",
    "chat-completions/408-timeout",
    "chat-completions/412-precondition",
    "chat-completions/422-unprocessable",
    "chat-completions/stream-error-429-free-models-per-day",
    "chat-completions/429-no-raw-retry-1",
    "chat-completions/code-string-server-error",
    "chat-completions/stream-role-only-then-error",
    "chat-completions/200-choice-error-partial",
    "chat-completions/503-unavailable",
    "chat-completions/200-padded-error-504",
    "chat-completions/524-edge-timeout",
  ],
  "/completions": ["completions/200-success", "completions/stream-error-after-text"],
  "/embeddings": ["embeddings/200-success"],
  "/responses": ["responses/200-success", "responses/stream-failed-after-deltas"],
  "/messages": [
    "messages/200-success",
    "messages/stream-cut-after-content",
    "messages/400-messages-required",
    "messages/401-invalid-credentials",
    "messages/402-payment-required",
    "messages/403-guardrail-router-metadata",
    "messages/404-model-not-found",
    "messages/413-payload-too-large",
    "messages/429-retry-after-60",
    "messages/500-internal",
    "messages/stream-error-after-message-start",
    "messages/200-error-overloaded",
    "messages/504-timeout",
    "messages/529-overloaded",
  ],
};

/** A key, so that the request goes on; no upstream sees it. */
const HEADERS = { authorization: "Bearer any", "content-type": "application/json" };
const BODY = '{"messages":[{"role":"user","content":"Hello"}]}';

/** A request of which only this is particular. */
interface Ask {
  summary: string;
  init: RequestInit;
  settings?: Record<string, string>;
}

/** Requests that Candor itself refuses. */
const REFUSED: Ask[] = [
  { summary: "no role", init: { body: '{"messages":[{"content":"Hello"}]}' } },
  { summary: "no key", init: { headers: { "content-type": "application/json" } } },
  { summary: "another method", init: { method: "PUT" } },
  { summary: "a body that is too large", init: {}, settings: { MAX_BODY_BYTES: "8" } },
  {
    summary: "another content type",
    init: { headers: { ...HEADERS, "content-type": "text/csv" } },
  },
  { summary: "a WebSocket", init: { headers: { ...HEADERS, upgrade: "websocket" } } },
];

/**
 * What Candor answers to the clients of a path, one answer after the other: its own proxy, in front
 * of an upstream that replays the fixtures.
 */
export async function exampleAnswers(path: string): Promise<ExampleAnswer[]> {
  const answers: ExampleAnswer[] = [];
  for (const summary of SHOWN[path] ?? []) {
    const { request, response } = readFixture(summary);
    const ask = { summary, init: { body: request.body } };
    answers.push(await answerOf(path, ask, async () => replayedResponse(response)));
  }
  const refused = path === "/chat/completions" ? REFUSED : [];
  for (const ask of refused) answers.push(await answerOf(path, ask, nowhere));
  return answers;
}

/** The upstream of requests that do not get there. */
const nowhere: Send = async () => new Response(null, { status: 404 });

async function answerOf(
  path: string,
  { summary, init, settings = {} }: Ask,
  send: Send,
): Promise<ExampleAnswer> {
  // Requests that are under way do not wait for all examples.
  await setImmediate();
  const reading = readConfig(settings, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  const proxy = createProxy(reading.config, send, { sinks: [] });
  const ownPath = `${BASE_PATH}${path}`;
  const asked = { method: "POST", headers: HEADERS, body: BODY, ...init };
  const request = new Request(`http://127.0.0.1:3000${ownPath}`, asked);
  const response = await proxy.answer({ request, path: ownPath, route: "none" }, endpointOf(path));
  const [contentType = ""] = (response.headers.get("content-type") ?? "").split(";", 1);
  const text = await readText(response);
  const value = contentType === "application/json" ? parseJson(text) : text;
  return { summary, status: response.status, contentType, value };
}

/** The text of a body as far as it comes: a broken stream breaks here too. */
async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    return text;
  }
  return text;
}
