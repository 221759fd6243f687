import type { Recording } from "../../src/recordings/recording.ts";
import type { Expectation } from "./expectation.ts";

/** All header fields that a client must get, but for those that differ from one run to the next. */
export function expectedHeaders(
  expectation: Expectation,
  { response }: Recording,
): Record<string, string> {
  if (expectation.outcome !== "error") return expectation.headers ?? recordedType(response);
  const { retry, rule, headers } = expectation;
  return {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-should-retry": String(retry),
    "proxy-status": `candor; received-status=${response.status}; details="${rule}"`,
    ...headers,
  };
}

/** The content type that upstream named. */
function recordedType({ headers }: Recording["response"]): Record<string, string> {
  const type = new Headers(headers).get("content-type");
  if (type === null) throw new Error("No content type was recorded: the expectation needs one.");
  return { "content-type": type };
}
