import { STREAM_EVENTS } from "./chat-answers.ts";

/** A way in which upstream fails, as it does in the wild. */
export interface Failure {
  /** What it is, for the report. */
  description: string;
  isStream: boolean;
  /** Text has gone out before it fails: then only the rest of the stream can tell. */
  isAfterText: boolean;
  status: number;
  body: string;
}

export type FailureName = keyof typeof FAILURES;

const ERROR = {
  error: { message: "Rate limit exceeded: free-models-per-day", code: 429 },
  user_id: "user_bench",
};
const errorEvent = `data: ${JSON.stringify(ERROR)}\n\n`;
const comment = ": OPENROUTER PROCESSING\n\n";

/** All ways of failing, by name. */
export const FAILURES = {
  "error-in-status": {
    description: "429 with an error",
    isStream: false,
    isAfterText: false,
    status: 429,
    body: JSON.stringify(ERROR),
  },
  "error-in-json": {
    description: "200 with an error as JSON",
    isStream: false,
    isAfterText: false,
    status: 200,
    body: JSON.stringify(ERROR),
  },
  "error-in-first-event": {
    description: "200 with an error as the first event",
    isStream: true,
    isAfterText: false,
    status: 200,
    body: errorEvent,
  },
  "error-after-role": {
    description: "200 with comments and a role, then an error",
    isStream: true,
    isAfterText: false,
    status: 200,
    body: comment.repeat(2) + STREAM_EVENTS[0] + errorEvent,
  },
  "end-within-text": {
    description: "200 with half a text, then the end",
    isStream: true,
    isAfterText: true,
    status: 200,
    body: STREAM_EVENTS.slice(0, 50).join(""),
  },
} satisfies Record<string, Failure>;

/** The names of all ways of failing. */
export const FAILURE_NAMES = Object.keys(FAILURES).filter(isFailureName);

/** Whether a word names a way of failing. */
export function isFailureName(word: string): word is FailureName {
  return word in FAILURES;
}

/**
 * Whether a failure came to the client as a success: status 200 and, where text had gone out
 * already, no error behind it.
 */
export function isDisguised(name: FailureName, status: number, body: string): boolean {
  if (status !== 200) return false;
  return !(FAILURES[name].isAfterText && body.includes('"error"'));
}
