import type { ErrorBody } from "./error-body.ts";
import type { Flavour } from "./error-form.ts";
import { readMoment } from "./retry-advice.ts";

/**
 * The `type` by which a client knows a 429 that lasts. Both read no `x-should-retry`: async-openai
 * tries all other 429 again, Codex CLI shows nothing of their bodies.
 */
const TYPES: Partial<Record<Flavour, string>> = {
  // codex-rs/codex-api/src/api_bridge.rs
  codex: "usage_limit_reached",
  // async-openai/src/middleware/retry/openai.rs
  "async-openai": "insufficient_quota",
};

/** The only text beside its own that Codex CLI shows at a limit. */
const CODEX_MESSAGE = "x-codex-promo-message";

const LONGEST_MESSAGE = 200;

/** The error answer that is being made: its fields already say whether another try is worth it. */
interface Answer {
  status: number;
  headers: Headers;
  flavour: Flavour;
}

/**
 * The error in the words of its reader, where a limit lasts (a daily quota: a 429 that no try helps)
 * and the reader has such words; else as it is. For Codex CLI the fields get the message too.
 */
export function tellLimit(body: ErrorBody, { status, headers, flavour }: Answer): ErrorBody {
  const type = TYPES[flavour];
  const isLasting = status === 429 && headers.get("x-should-retry") === "false";
  if (type === undefined || !isLasting) return body;
  const error = { ...body.error, type };
  if (flavour !== "codex") return { ...body, error };
  const words = body.error.message.replaceAll(/[^\x21-\x7e]+/g, " ").slice(0, LONGEST_MESSAGE);
  headers.set(CODEX_MESSAGE, words.trim());
  const reset = Math.floor(readMoment(headers.get("x-ratelimit-reset") ?? "") / 1000);
  return { ...body, error: Number.isNaN(reset) ? error : { ...error, resets_at: reset } };
}
