import { type ReceivedRequest, startSimulator } from "../../../src/commands/simulate/simulator.ts";
import type { SimulatedResponse } from "../../../src/commands/simulate/simulated-response.ts";
import { isObject } from "../../../src/core/json.ts";
import type { Endpoint } from "../client-set.ts";
import { SITUATIONS } from "../situations.ts";
import { type AnswerForm, WEATHER } from "./answer-form.ts";
import { chatForm } from "./chat.ts";
import { messagesForm } from "./messages.ts";
import { responsesForm } from "./responses.ts";
import { scriptedAnswer } from "./scripted-answer.ts";

const FORMS: Record<Endpoint, AnswerForm> = {
  chat: chatForm,
  responses: responsesForm,
  messages: messagesForm,
};
const PATH = /\/(chat\/completions|responses|messages)(?:\?|$)/;
/** Some clients put their provider's name before it. */
const MODEL = /matrix\/([a-z-]+)-\d+/;

/** An OpenRouter that fails as the model of a request says: `matrix/<situation>-<number>`. */
export interface ScriptedUpstream extends AsyncDisposable {
  /** Ends with `/api/v1`. */
  url: string;
  /** How many requests named this model. */
  requestsFor(model: string): number;
  /** Resolves with the first request that names this model. */
  asked(model: string): Promise<void>;
}

/** Starts the scripted upstream on a free port of 127.0.0.1. */
export function startScriptedUpstream(): ScriptedUpstream {
  const counts = new Map<string, number>();
  const waiting = new Map<string, () => void>();
  const count = (model: string) => {
    counts.set(model, (counts.get(model) ?? 0) + 1);
    waiting.get(model)?.();
  };
  const simulator = startSimulator({
    answer: (request) => answerTo(request, count),
    forgetsRequests: true,
  });
  return {
    url: simulator.url,
    requestsFor: (model) => counts.get(model) ?? 0,
    asked(model) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(model, resolve);
      if (counts.has(model)) resolve();
      return promise;
    },
    [Symbol.asyncDispose]: () => simulator.stop(),
  };
}

function answerTo(
  request: ReceivedRequest,
  count: (model: string) => void,
): SimulatedResponse | undefined {
  const path = request.path.split("?")[0] ?? "";
  if (request.method === "GET" && path.endsWith("/models")) return models();
  if (path.endsWith("/count_tokens")) return json({ input_tokens: 8 });
  const endpoint = endpointOf(request.path);
  const text = request.method === "POST" ? textOf(request) : "";
  const body = readJson(text);
  if (endpoint === undefined || body === undefined) return undefined;
  const [model = "", name] = MODEL.exec(String(body["model"])) ?? [];
  const situation = SITUATIONS.find((one) => one.name === name);
  if (situation === undefined) return undefined;
  count(model);
  const isStream = body["stream"] === true;
  const form = FORMS[endpoint];
  const { script } = situation;
  if (script.does !== "call a tool" || !hasToolResult(text)) {
    return scriptedAnswer(script, form, isStream);
  }
  return scriptedAnswer({ does: "answer" }, form, isStream, [WEATHER]);
}

function endpointOf(path: string): Endpoint | undefined {
  const [, name] = PATH.exec(path) ?? [];
  if (name === "chat/completions") return "chat";
  return name === "responses" || name === "messages" ? name : undefined;
}

/** Whether the client has run the tool that it was asked to run. */
function hasToolResult(text: string): boolean {
  return /"role":\s*"tool"|"function_call_output"|"tool_result"/.test(text);
}

/** One model for each situation, for clients that look before they ask. */
function models(): SimulatedResponse {
  const data = SITUATIONS.map(({ name }) => ({
    id: `matrix/${name}-0`,
    object: "model",
    name,
    created: 1790000000,
    context_length: 128000,
    architecture: {
      modality: "text->text",
      input_modalities: ["text"],
      output_modalities: ["text"],
    },
    pricing: { prompt: "0", completion: "0" },
    supported_parameters: ["tools", "temperature"],
  }));
  return json({ data });
}

function json(body: object): SimulatedResponse {
  const text = JSON.stringify(body);
  const headers: [string, string][] = [["content-type", "application/json"]];
  return { status: 200, headers, chunks: [{ at: 0, text }], end: "closed" };
}

/** The body, which Codex CLI compresses where it is logged in with ChatGPT. */
function textOf({ headers, body }: ReceivedRequest): string {
  const isZstd = headers.get("content-encoding") === "zstd";
  return new TextDecoder().decode(isZstd ? Bun.zstdDecompressSync(body) : body);
}

function readJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
