import type { ErrorBody } from "./error-body.ts";
import type { Flavour } from "./error-form.ts";
import { readMoment } from "./retry-advice.ts";

/**
 * The only `type` of a 429 at which Codex CLI shows more than the status, and the only text beside
 * its own that it shows then (codex-rs/codex-api/src/api_bridge.rs).
 */
const CODEX_TYPE = "usage_limit_reached";
const CODEX_MESSAGE = "x-codex-promo-message";

const LONGEST_MESSAGE = 200;

/** The error answer that is being made: its fields already say whether another try is worth it. */
interface Answer {
  status: number;
  headers: Headers;
  flavour: Flavour;
  /** Takes secrets out of a text that came from upstream. */
  hide: (text: string) => string;
}

/**
 * The error in the words of its reader, where a limit lasts (a daily quota: a 429 that no try helps)
 * and the reader has such words; else as it is. For Codex CLI the fields get the message too.
 */
export function tellLimit(body: ErrorBody, { status, headers, flavour, hide }: Answer): ErrorBody {
  const isLasting = status === 429 && headers.get("x-should-retry") === "false";
  if (flavour !== "codex" || !isLasting) return body;
  // Hidden before it is cut: half a key would be left else.
  const message = hide(body.error.message);
  const words = `Status ${status}: ${message}`.replaceAll(/[^\x21-\x7e]+/g, " ");
  headers.set(CODEX_MESSAGE, words.slice(0, LONGEST_MESSAGE).trim());
  const error = { ...body.error, type: CODEX_TYPE };
  const reset = Math.floor(readMoment(headers.get("x-ratelimit-reset") ?? "") / 1000);
  return { ...body, error: Number.isNaN(reset) ? error : { ...error, resets_at: reset } };
}
