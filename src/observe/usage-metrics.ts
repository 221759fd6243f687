import { Counter, type Registry } from "prom-client";
import type { ExchangeRecord } from "./record.ts";

/** Adds what upstream told of tokens and cost. Not by model: its names have no bound. */
export function addUsage(register: Registry): (record: ExchangeRecord) => void {
  const tokens = new Counter({
    name: "candor_tokens_total",
    help: "Tokens, where upstream told them.",
    labelNames: ["type"],
    registers: [register],
  });
  const cost = new Counter({
    name: "candor_cost_credits_total",
    help: "What answers cost in OpenRouter's credits, where upstream told it.",
    registers: [register],
  });
  return ({ facts: { promptTokens = 0, completionTokens = 0, cost: credits = 0 } }) => {
    if (promptTokens > 0) tokens.inc({ type: "input" }, promptTokens);
    if (completionTokens > 0) tokens.inc({ type: "output" }, completionTokens);
    if (credits > 0) cost.inc(credits);
  };
}
