import type { SimulatedResponse } from "../../../src/commands/simulate/simulated-response.ts";
import type { Script } from "../situations.ts";
import { type AnswerForm, HALVES } from "./answer-form.ts";

const JSON_TYPE: [string, string] = ["content-type", "application/json"];
const STREAM_TYPE: [string, string] = ["content-type", "text/event-stream"];

const COMMENT = ": OPENROUTER PROCESSING\n\n";

/** Between two events, so that each reaches its reader before the next, or before a break. */
const GAP_MS = 30;

/** Longer than any client is given. */
const SILENCE_MS = 600_000;

/** What upstream sends, in the form of an endpoint, to a request for a stream or for JSON. */
export function scriptedAnswer(
  script: Script,
  form: AnswerForm,
  isStream: boolean,
  pieces: readonly string[] = HALVES,
): SimulatedResponse {
  switch (script.does) {
    case "answer":
      if (!isStream) return json(200, form.answer(pieces.join("")));
      return stream(healthyEvents(form, pieces, script.with));
    case "call a tool":
      return isStream ? stream([form.toolCallStream()]) : json(200, form.toolCall());
    case "say nothing":
      return isStream ? stream([form.emptyStream()]) : json(200, form.emptyAnswer());
    case "stop":
      return isStream ? stopped(form, script.how) : stoppedJson(form, script.how);
    case "fail":
      return isStream ? failedStream(script, form) : failedJson(script, form);
  }
}

function failedJson(
  { place, failure, headers = [] }: Script & { does: "fail" },
  form: AnswerForm,
): SimulatedResponse {
  switch (place) {
    case "status":
      return json(failure.status, form.error(failure), headers);
    case "body":
    case "first event":
      return json(200, form.error(failure));
    case "choice":
    case "after text":
    case "choice after text":
      return json(200, form.partialAnswer(failure));
  }
}

function failedStream(script: Script & { does: "fail" }, form: AnswerForm): SimulatedResponse {
  const { place, failure } = script;
  const begun = [form.opening(), form.text(HALVES[0])];
  switch (place) {
    // A request for a stream, too, is then answered with JSON.
    case "status":
    case "body":
    case "choice":
      return failedJson(script, form);
    case "first event":
      return stream([COMMENT, form.firstFailure(failure)]);
    case "after text":
      return stream([...begun, form.laterFailure(failure)]);
    case "choice after text":
      return stream([...begun, form.partFailure(failure)]);
  }
}

function stopped(form: AnswerForm, how: "end" | "break" | "silence"): SimulatedResponse {
  const begun = stream([form.opening(), form.text(HALVES[0])]);
  if (how === "end") return begun;
  if (how === "break") return { ...begun, end: "reset" };
  return { ...begun, chunks: [...begun.chunks, { at: SILENCE_MS, text: COMMENT }] };
}

/** Half a text of JSON: agents ask for a plain answer once a stream has failed. */
function stoppedJson(form: AnswerForm, how: "end" | "break" | "silence"): SimulatedResponse {
  const answer = json(200, form.answer(HALVES.join("")));
  const text = JSON.stringify(form.answer(HALVES.join("")));
  const begun = { at: 0, text: text.slice(0, text.length / 2) };
  if (how === "end") return { ...answer, chunks: [begun] };
  if (how === "break") return { ...answer, chunks: [begun], end: "reset" };
  return { ...answer, chunks: [begun, { at: SILENCE_MS, text: " " }], timed: true };
}

function healthyEvents(
  form: AnswerForm,
  pieces: readonly string[],
  extra?: "comments" | "null errors",
): string[] {
  const events = [form.opening(), ...pieces.map(form.text), form.closing(pieces.join(""))];
  if (extra === "comments") return [COMMENT, COMMENT, ...events.flatMap((one) => [one, COMMENT])];
  // As OpenRouter's own events may have it: fixtures/chat-completions/stream-error-null-key.json.
  if (extra === "null errors") {
    return events.map((one) => one.replaceAll(/^data: \{/gm, 'data: {"error":null,'));
  }
  return events;
}

function stream(events: string[]): SimulatedResponse {
  return {
    status: 200,
    headers: [STREAM_TYPE],
    chunks: events.map((text, index) => ({ at: index * GAP_MS, text })),
    end: "closed",
    timed: true,
  };
}

function json(status: number, body: object, headers: [string, string][] = []): SimulatedResponse {
  const text = JSON.stringify(body);
  return { status, headers: [JSON_TYPE, ...headers], chunks: [{ at: 0, text }], end: "closed" };
}
