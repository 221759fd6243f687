import type { Recording } from "../../src/recordings/recording.ts";
import type { Expectation } from "./expectation.ts";

/** What stands for a header value that differs from one answer to the next. */
export const ANY_ID = "any id";

/** The fields that keep an answer from being read as something else, or by somebody else's page. */
const GUARDS = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};

/** All header fields that a client must get, but for those that differ from one run to the next. */
export function expectedHeaders(
  expectation: Expectation,
  { request, response }: Recording,
): Record<string, string> {
  const fields = ownFields(expectation, response);
  const isMessages = /^\/messages\b/.test(request.path);
  const isStream = fields["content-type"]?.startsWith("text/event-stream") ?? false;
  return {
    ...GUARDS,
    ...(isMessages && { "request-id": ANY_ID }),
    // Without it, nginx holds a whole stream back.
    ...(isStream && { "x-accel-buffering": "no" }),
    ...fields,
  };
}

function ownFields(
  expectation: Expectation,
  response: Recording["response"],
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
