import { isObject } from "../../../src/core/json.ts";
import type { Ask, Reading } from "./client.ts";

/** How a call ended, as its user sees it: without a failure, what was given is the whole answer. */
export interface Outcome extends Reading {
  failure: ReportedFailure | undefined;
}

/** The error that a client reported. */
export interface ReportedFailure {
  /** Its class; `error object` where it is no instance of `Error`. */
  error: string;
  /** The status that the client has for it: few have one once a stream is open. */
  status: number | undefined;
  /** The word, or the number, that names the reason. */
  code: string | number | undefined;
}

/** No call takes nearly as long, but for one that is made again and again. */
const LONGEST_CALL_MS = 10_000;

/** Makes a call and tells how it ended. One that takes ten seconds counts as failed. */
export async function outcomeOf(ask: Ask, baseUrl: string): Promise<Outcome> {
  const reading: Reading = { text: "", pieces: [] };
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => late.reject(new Error("no end in time")), LONGEST_CALL_MS);
  try {
    await Promise.race([ask(baseUrl, reading), late.promise]);
    return { ...reading, failure: undefined };
  } catch (error) {
    return { ...reading, failure: describeError(error) };
  } finally {
    clearTimeout(timer);
  }
}

function describeError(error: unknown): ReportedFailure {
  const fields = isObject(error) ? error : {};
  const name = error instanceof Error ? error.constructor.name : "error object";
  // The AI SDK's word after its last retry; what failed then stands inside.
  if (fields["lastError"] !== undefined) {
    const last = describeError(fields["lastError"]);
    return { ...last, error: `${name} of ${last.error}` };
  }
  const status = fields["status"] ?? fields["statusCode"];
  const code = fields["code"] ?? fields["type"];
  return {
    error: name,
    status: typeof status === "number" ? status : undefined,
    code: typeof code === "number" || typeof code === "string" ? code : undefined,
  };
}
