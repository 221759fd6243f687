import type { Attributes } from "@opentelemetry/api";
import type { ExchangeRecord } from "../record.ts";

/**
 * The names of OpenTelemetry's GenAI conventions as of November 2026. They are still in development
 * and live in a repository of their own; `@opentelemetry/semantic-conventions` has older names.
 */
export const GEN_AI = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  responseId: "gen_ai.response.id",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
} as const;

/** OpenRouter is none of the well-known providers of the conventions. */
export const PROVIDER = "openrouter";

/** What is asked for, by the end of a route. */
const OPERATIONS: [end: string, operation: string][] = [
  ["/chat/completions", "chat"],
  ["/proxy", "chat"],
  ["/responses", "chat"],
  ["/messages", "chat"],
  ["/completions", "text_completion"],
  ["/embeddings", "embeddings"],
];

/** The operation of a route; undefined for those without a model. */
export function operationOf(route: string): string | undefined {
  return OPERATIONS.find(([end]) => route.endsWith(end))?.[1];
}

/** What is wrong with an exchange in one word of a closed list; nothing where nothing is. */
export function errorType({ rule }: ExchangeRecord): Attributes {
  return rule === undefined ? {} : { "error.type": rule };
}

/** The attributes of the span that the client's request is. */
export function serverAttributes(record: ExchangeRecord): Attributes {
  return defined({
    "http.request.method": record.method,
    "http.route": record.route,
    "url.path": record.path,
    "http.response.status_code": record.status,
    "client.address": record.client,
    ...errorType(record),
    "candor.outcome": record.outcome,
    "candor.true_status": record.trueStatus,
    "candor.code": record.code,
    "candor.cause": record.cause,
    "candor.key.name": record.keyName,
    "candor.request.id": record.requestId,
  });
}

/** The attributes of the span that the request to upstream is. */
export function clientAttributes(record: ExchangeRecord, upstream: URL): Attributes {
  const { facts } = record;
  return defined({
    "http.request.method": record.method,
    "server.address": upstream.hostname,
    "server.port": Number(upstream.port) || (upstream.protocol === "http:" ? 80 : 443),
    "http.response.status_code": record.upstreamStatus,
    ...errorType(record),
    [GEN_AI.operation]: operationOf(record.route),
    [GEN_AI.provider]: PROVIDER,
    [GEN_AI.requestModel]: record.model,
    [GEN_AI.responseId]: facts.generationId,
    [GEN_AI.inputTokens]: facts.promptTokens,
    [GEN_AI.outputTokens]: facts.completionTokens,
    "openrouter.provider": facts.provider,
    "openrouter.cost": facts.cost,
  });
}

function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined && value !== ""),
  );
}
