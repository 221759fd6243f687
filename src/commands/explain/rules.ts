import type { StepKind } from "./course.ts";
import type { Rule } from "../../core/fault.ts";

/** What each rule of the verdict means. */
const RULES: Record<Rule, string> = {
  "error-status":
    "Upstream's own status says that it failed. It is true already, and kept; the body takes the form of an error that the clients of this endpoint read.",
  "error-in-body":
    'The JSON body holds an error that says something (null, false, "" and {} say nothing): this is a failure, whatever the status line said.',
  "error-in-choice":
    'A choice has an error of its own, or ended with finish_reason "error": the provider failed while it wrote the answer. What it wrote stays in the body.',
  "error-in-event":
    "An event of the stream reports an error: a failure, whatever the status line said.",
  "unexpected-status":
    "The status is neither an answer nor a failure: this endpoint answers with 200, and a redirect is never followed with a key.",
  "unexpected-form":
    "The answer has not the form that was asked for: a page or a text, plain JSON for a streaming request, or a stream for a plain one. Clients would read it as an empty success, or crash.",
  "empty-body": "There is nothing in the body but white space and keep-alive comments.",
  "not-json": "The body is called JSON, or begins like it, and is none.",
  "too-complex":
    "The JSON is nested deeper, or in more arrays and objects, than any answer is (MAX_JSON_DEPTH, MAX_JSON_CONTAINERS): to parse it could take all memory.",
  "no-answer":
    "The JSON holds neither an error nor what an answer of this endpoint has, such as a first choice with a message.",
  "failed-generation":
    "OpenRouter's own definition of a failed answer: no content, no end, no tokens; or the provider says that it failed.",
  "malformed-event": "An event's data is not JSON: clients would crash on it.",
  "ended-early":
    "The stream ended before the answer did, with nothing to say that it is whole. Candor never invents an end that the provider did not reach.",
  cut: "The connection to upstream broke off before the answer was complete.",
  silence: "Upstream sent no event for longer than STREAM_IDLE_TIMEOUT_MS.",
  "upstream-timeout":
    "The answer, which is no event stream, was not complete within UPSTREAM_TIMEOUT_MS.",
  shutdown: "The proxy was shut down before the answer was complete.",
};

/** What a rule means, by its name in the log and in `Proxy-Status`. */
export function meaningOf(rule: string): string {
  const meanings = new Map<string, string>(Object.entries(RULES));
  return meanings.get(rule) ?? "Candor itself failed: this is a bug.";
}

/** Why an answer that is relayed is good, by its form. */
export const RELAYED = {
  json: "The JSON holds no error, and holds an answer: it goes out byte for byte.",
  "event-stream": "The stream reports no error before its answer is whole.",
  text: "This endpoint may answer with text: it goes out byte for byte.",
  binary: "A binary body is not judged: it goes out byte for byte.",
  none: "This answer has no body by its status: nothing is judged.",
  // Answers of the two other kinds are never relayed.
  status: "",
  broken: "",
};

/** What happened at a step of a stream. `isCommitted`: the status line was out by then. */
export function stepMeaning(kind: StepKind, isCommitted: boolean, rule = ""): string {
  switch (kind) {
    case "answer":
      return "Part of an answer, so 200 is true so far: the status line goes out, with all that was held back, and from here on as it comes.";
    case "unasked":
      return "Part of an answer, in a form that nobody asked for.";
    case "hold-limit":
      return "As much as may be held back (STREAM_HOLD_BYTES) has come, and nothing has decided: the status line goes out.";
    case "late-error":
      return "An error behind the whole answer does not undo it: the event goes out without its error, or not at all if there is nothing else in it.";
    case "failure":
      return isCommitted
        ? `${rule}. Here goes one error event, and nothing behind it, [DONE] least of all.`
        : `${rule}. Nothing has gone out yet, so the status line can say it.`;
    case "whole":
      return "The answer is whole. Whatever follows is dropped.";
    case "completed":
      return "The answer is whole, and [DONE] is added, which upstream left out.";
  }
}
