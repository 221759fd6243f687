import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { parseJson } from "../../src/core/json.ts";
import { comparePieces, quoteBytes } from "./bytes.ts";
import type { Sighting } from "./client.ts";
import { idsIn, KEY, LIMITS, type Truth } from "./exchange.ts";
import type { WireResponse } from "./response-reader.ts";

/** How an exchange came out, in words for a table, or in which way it broke a promise. */
export type Judgement = { outcome: Outcome } | { violation: string };

/** Every way in which an exchange may truthfully end. */
export const OUTCOMES = [
  "whole",
  "error status",
  "error in band",
  "broken off in mid event",
  "a limit, reached since the machine was busy",
  "client missed the end",
  "client missed all",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** OpenAI's form. */
const ErrorBody = Type.Object({
  error: Type.Object({
    message: Type.String({ minLength: 1 }),
    type: Type.String({ minLength: 1 }),
    param: Type.Union([Type.String(), Type.Null()]),
    code: Type.Union([Type.String(), Type.Number(), Type.Null()]),
  }),
});
type ErrorBody = Static<typeof ErrorBody>;

const ERROR_EVENT = Buffer.from('data: {"error":');
/** An error in band is told twice: once with a choice, once without. */
const ERROR_EVENTS = /(?:^|\n|\r)data: (\{"error":.*\})\n\ndata: (\{"error":.*\})\n\n$/;
const LATE: Judgement = { outcome: "a limit, reached since the machine was busy" };

/** Judges what the client of exchange `number` saw by what it must have seen. */
export function judgeExchange(number: number, truth: Truth, sighting: Sighting): Judgement {
  const response = sighting.response && withoutKeepAlive(sighting.response);
  if (response === undefined) {
    if (sighting.mayMiss) return { outcome: "client missed all" };
    return { violation: "the connection ended, or nothing came, in place of an answer" };
  }
  const leak = findLeak(number, truth, response);
  if (leak !== undefined) return { violation: leak };
  if (!response.isComplete) return judgeBroken(truth, sighting, response);
  if (response.status === 200) return judgeSuccess(truth, sighting, response.body);
  return judgeStatus(truth, sighting, response);
}

/** A response without what keeps a connection alive and says nothing. */
function withoutKeepAlive(response: WireResponse): WireResponse {
  const text = response.body.toString("latin1").replaceAll(/(^|\n\n) \n\n/g, "$1");
  return { ...response, body: Buffer.from(text, "latin1") };
}

/** What no client may see: another's id, or the key that the proxy holds. */
function findLeak(number: number, truth: Truth, response: WireResponse): string | undefined {
  const id = response.headers.get("x-request-id");
  if (id !== `chaos:${number}:`) return `x-request-id is ${id}`;
  const { body } = response;
  if (comparePieces(body, truth.pieces).matched === body.length) return undefined;
  const text = body.toString();
  if (text.includes(KEY)) return "the key is in the answer";
  const foreign = idsIn(text).find((other) => other !== number);
  return foreign === undefined ? undefined : `exchange ${foreign} is in the answer`;
}

/** A response that ended before its body did: what there is must be true all the same. */
function judgeBroken(truth: Truth, sighting: Sighting, { status, body }: WireResponse): Judgement {
  // Where upstream broke, so does the connection, behind the events that tell it.
  if (status === 200 && ERROR_EVENTS.test(body.toString()))
    return judgeSuccess(truth, sighting, body);
  if (!sighting.mayMiss && !truth.mayBreak) {
    return { violation: `the connection broke after ${body.length} bytes of status ${status}` };
  }
  if (status !== 200) {
    const isTrue = truth.statuses.includes(status) || status === 504;
    return isTrue ? { outcome: "client missed the end" } : wrongStatus(truth, status);
  }
  const errorAt = body.indexOf(ERROR_EVENT);
  const answer = errorAt === -1 ? body : body.subarray(0, errorAt);
  const { matched } = comparePieces(answer, truth.pieces);
  if (matched < answer.length && !isErrorBegun(answer, matched)) {
    return { violation: `byte ${matched} begins ${quoteBytes(answer.subarray(matched))}` };
  }
  return { outcome: sighting.mayMiss ? "client missed the end" : "broken off in mid event" };
}

/** Whether bytes end with the beginning of an error event; `matched` may be some bytes into it. */
function isErrorBegun(bytes: Buffer, matched: number): boolean {
  for (let from = Math.max(0, matched - ERROR_EVENT.length); from <= matched; from++) {
    const rest = bytes.subarray(from);
    if (rest.equals(ERROR_EVENT.subarray(0, rest.length))) return true;
  }
  return false;
}

function judgeSuccess(truth: Truth, sighting: Sighting, body: Buffer): Judgement {
  const errorAt = body.indexOf(ERROR_EVENT);
  const answer = errorAt === -1 ? body : body.subarray(0, errorAt);
  const { matched, isAll } = comparePieces(answer, truth.pieces);
  if (matched < answer.length) {
    const seen = quoteBytes(answer.subarray(Math.max(0, matched - 50)));
    return { violation: `byte ${matched} is wrong, around ${seen}` };
  }
  if (errorAt === -1) {
    if (isAll && truth.mayBeWhole) return { outcome: "whole" };
    return { violation: `${matched} bytes, ${isAll ? "all" : "not all"}, look like a success` };
  }
  if (isAll && truth.mayBeWhole) return { violation: "an error comes behind a whole answer" };
  const isBoundary = /(^|\n\n|\r\n\r\n|\r\r)$/.test(answer.toString("latin1").slice(-4));
  if (!isBoundary) return { violation: "half an event comes before the error" };
  return judgeErrorEvent(truth, sighting, body.subarray(errorAt), isAll);
}

function judgeErrorEvent(
  truth: Truth,
  sighting: Sighting,
  bytes: Buffer,
  isAll: boolean,
): Judgement {
  const [, data = "", again = ""] = ERROR_EVENTS.exec(bytes.toString()) ?? [];
  const body = parseJson(data);
  if (!Value.Check(ErrorBody, body) || !Value.Check(ErrorBody, parseJson(again)))
    return { violation: `at the end is ${quoteBytes(bytes)}` };
  const isTrue = (isAll || truth.mayLose) && saysTruth(truth, body);
  if (truth.mayFailInBand && isTrue) return { outcome: "error in band" };
  const ms = sighting.endedAt - sighting.startedAt;
  // Once the hold is over, what would have been a status is an error in band.
  if (truth.statuses.length > 0 && isTrue && ms >= LIMITS.streamHoldMs) return LATE;
  if (Number(body.error.code) === 504 && ms >= LIMITS.streamIdleTimeoutMs) return LATE;
  return { violation: `an untrue error in band, ${ms} ms: ${data}` };
}

function judgeStatus(truth: Truth, sighting: Sighting, response: WireResponse): Judgement {
  const { status, headers } = response;
  const body = parseJson(response.body.toString());
  if (!Value.Check(ErrorBody, body)) {
    return { violation: `status ${status} with ${quoteBytes(response.body)}` };
  }
  if (!headers.has("x-should-retry")) return { violation: `status ${status} without advice` };
  if (truth.statuses.includes(status) && saysTruth(truth, body)) return { outcome: "error status" };
  const ms = sighting.endedAt - sighting.startedAt;
  if (status === 504 && ms >= LIMITS.upstreamTimeoutMs) return LATE;
  return wrongStatus(truth, status, `: ${body.error.message}`);
}

function wrongStatus({ statuses }: Truth, status: number, more = ""): Judgement {
  return { violation: `status ${status} where [${statuses.join(", ")}] are allowed${more}` };
}

function saysTruth({ quote = "" }: Truth, { error }: ErrorBody): boolean {
  return error.message.includes(quote);
}
