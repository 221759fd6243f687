import { isObject, type JsonObject, objectAt } from "./json.ts";
import type { Facts } from "./steps.ts";

/**
 * What an answer, or an event of one, tells beside the answer. Responses and Messages put it inside
 * the object that the event is about.
 */
export function readFacts(data: JsonObject): Facts {
  const facts: Facts = {};
  for (const holder of [data, data["response"], data["message"]]) {
    if (isObject(holder)) takeFacts(holder, facts);
  }
  return facts;
}

/** Whether an event may hold facts beyond those that each event repeats. */
export function hasUsage(data: JsonObject): boolean {
  return isObject(data["usage"]) || isObject(objectAt(data, "response")["usage"]);
}

function takeFacts(holder: JsonObject, facts: Facts): void {
  const { id, provider, usage } = holder;
  if (typeof id === "string") facts.generationId ??= id;
  if (typeof provider === "string") facts.provider ??= provider;
  if (!isObject(usage)) return;
  const promptTokens = numberOf(usage["prompt_tokens"] ?? usage["input_tokens"]);
  const completionTokens = numberOf(usage["completion_tokens"] ?? usage["output_tokens"]);
  const cost = numberOf(usage["cost"]);
  if (promptTokens !== undefined) facts.promptTokens = promptTokens;
  if (completionTokens !== undefined) facts.completionTokens = completionTokens;
  if (cost !== undefined) facts.cost = cost;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
