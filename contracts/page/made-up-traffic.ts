import type { ExchangeRecord, Exhibit } from "../../src/observe/record.ts";
import { createRing, type Ring } from "../../src/observe/ring.ts";
import { inBand, record, refused, repaired, unanswered } from "../observe/made-up-records.ts";

const MODELS = [
  "openai/gpt-4o-mini",
  "anthropic/claude-sonnet-4.5",
  "deepseek/deepseek-chat-v3.1:free",
  "google/gemini-2.5-flash",
];
const PROVIDERS = ["Azure", "Anthropic", "Chutes", "Google"];
const KEYS = ["team-search", "team-support", "nightly-evals"];

const ERROR = {
  error: {
    message: "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 requests.",
    code: 429,
    metadata: { headers: { "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0" } },
  },
};
const ANSWER = {
  error: {
    message: ERROR.error.message,
    type: "rate_limit_error",
    param: null,
    code: "rate_limit_exceeded",
    metadata: ERROR.error.metadata,
  },
};

/** What upstream sent and the client got, for a repaired exchange. */
export const EXHIBIT: Exhibit = {
  upstreamError: JSON.stringify(ERROR),
  answer: JSON.stringify(ANSWER),
};

/** A sequence of numbers from 0 to 1 that is the same each time (a linear congruential generator). */
export function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** One exchange of a mixed kind, that ended at a time. */
export function madeUpExchange(chance: () => number, endedAt: number, failing = 0.25) {
  const pick = Math.floor(chance() * MODELS.length);
  const ms = 400 + chance() * 6000;
  const model = MODELS[pick] ?? "";
  const common: Partial<ExchangeRecord> = {
    requestId: `req_${Math.floor(chance() * 1e12).toString(16)}`,
    model,
    keyName: KEYS[Math.floor(chance() * KEYS.length)] ?? "",
    client: "10.0.0.7",
    at: endedAt - ms,
    ms,
    upstreamMs: 80 + chance() * 200,
    heldMs: 100 + chance() * 300,
    firstByteMs: 300 + chance() * 900,
    comments: Math.floor(chance() * 4),
    facts: {
      provider: PROVIDERS[pick] ?? "",
      generationId: `gen-17640${Math.floor(chance() * 1e9)}-abcDEF`,
      promptTokens: Math.floor(chance() * 2000),
      completionTokens: Math.floor(chance() * 800),
      cost: 0.0012,
    },
  };
  return { ...kindOf(chance, pick === 2 ? failing * 2.4 : failing * 0.4), ...common };
}

function kindOf(chance: () => number, failing: number): ExchangeRecord {
  const roll = chance();
  const message = ERROR.error.message;
  if (roll < failing * 0.6) return repaired({ message });
  if (roll < failing * 0.8) return inBand({ message: "The connection broke off." });
  if (roll < failing * 0.9) {
    return repaired({
      rule: "error-in-choice",
      trueStatus: 502,
      status: 502,
      code: "provider_unavailable",
    });
  }
  if (roll < failing)
    return repaired({ rule: "error-status", upstreamStatus: 503, status: 503, trueStatus: 503 });
  if (roll > 0.985) return refused();
  if (roll > 0.97) return record({ outcome: "client-left" });
  if (roll > 0.965) return unanswered();
  return record({ stream: chance() > 0.3 });
}

/** A ring with half an hour of made-up traffic, which gets worse, and a few exchanges that are open. */
export function createFullRing(count: number): Ring {
  const start = Date.now();
  const clock = { now: start - 29 * 60_000 };
  const ring = createRing({ now: () => clock.now + Date.now() - start });
  const chance = createChance(7);
  const between = (29 * 60_000) / count;
  for (let index = count; index > 0; index--) {
    clock.now = start - index * between;
    const failing = index < count / 3 ? 0.35 : 0.08;
    const exchange = madeUpExchange(chance, clock.now, failing);
    ring.sink.end(exchange, exchange.outcome === "repaired" ? EXHIBIT : undefined);
  }
  clock.now = start;
  for (const open of openExchanges(start)) ring.sink.begin?.(open);
  return ring;
}

function openExchanges(now: number): ExchangeRecord[] {
  const { ms: _, outcome: __, ...rest } = record({ requestId: "req_open" });
  return [
    {
      ...rest,
      at: now - 64_000,
      state: "relaying",
      lastByteMs: 9000,
      bytes: 5200,
      model: MODELS[2] ?? "",
    },
    { ...rest, at: now - 12_000, state: "holding", comments: 4, model: MODELS[1] ?? "" },
    { ...rest, at: now - 3000, state: "relaying", lastByteMs: 2900, bytes: 2100 },
    { ...rest, at: now - 800, state: "waiting", model: MODELS[3] ?? "" },
  ];
}
