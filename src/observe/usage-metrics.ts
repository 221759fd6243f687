import { Counter, type Registry } from "prom-client";
import type { ExchangeRecord } from "./record.ts";

/** Adds what upstream told of tokens and cost, and the holds that ran out. Not by model: names have no bound. */
export function addUsage(register: Registry): (record: ExchangeRecord) => void {
  const told = { input: 0, output: 0, cost: 0, holds: 0 };
  const tokens = new Counter({
    name: "candor_tokens_total",
    help: "Tokens, where upstream told them.",
    labelNames: ["type"],
    registers: [],
    collect() {
      this.reset();
      this.inc({ type: "input" }, told.input);
      this.inc({ type: "output" }, told.output);
    },
  });
  const cost = new Counter({
    name: "candor_cost_credits_total",
    help: "What answers cost in OpenRouter's credits, where upstream told it.",
    registers: [],
    collect() {
      this.reset();
      this.inc(told.cost);
    },
  });
  const holds = new Counter({
    name: "candor_hold_limits_total",
    help: "Streams whose hold ran out (STREAM_HOLD_MS).",
    registers: [],
    collect() {
      this.reset();
      this.inc(told.holds);
    },
  });
  for (const counter of [tokens, cost, holds]) register.registerMetric(counter);
  return ({ facts, relayReason }) => {
    told.input += atLeastNone(facts.promptTokens);
    told.output += atLeastNone(facts.completionTokens);
    told.cost += atLeastNone(facts.cost);
    if (relayReason === "hold-limit") told.holds += 1;
  };
}

/** A counter never falls, whatever upstream tells. */
function atLeastNone(count: number | undefined): number {
  return count !== undefined && count > 0 && Number.isFinite(count) ? count : 0;
}
