import type { Recording } from "../../src/recordings/recording.ts";

/** A failed answer, whole: every header field but the four below is in `headers`. */
export interface ExpectedError {
  status: number;
  /** Names the reason in `Proxy-Status`. */
  rule: string;
  /** `x-should-retry`. */
  retry: boolean;
  headers?: Record<string, string>;
  body: unknown;
}

/** All header fields of a failed answer. */
export function expectedHeaders(expected: ExpectedError, { response }: Recording) {
  return {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-should-retry": String(expected.retry),
    "proxy-status": `candor; received-status=${response.status}; details="${expected.rule}"`,
    ...expected.headers,
  };
}
