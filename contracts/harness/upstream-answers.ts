import type { Recording } from "../../src/recordings/recording.ts";
import type { ReceivedRequest } from "../../src/commands/simulate/simulator.ts";
import { CHAT } from "./ways.ts";

type Answer = Recording["response"];
type Headers = Answer["headers"];

/** What upstream did in a recording. Throws where there is none of that name. */
export function recordedAnswer(name: string): Answer {
  const fixture = CHAT.get(name);
  if (fixture === undefined) throw new Error(`There is no fixture ${name}.`);
  return fixture.response;
}

/** An answer whose body is one JSON text. */
export function jsonAnswer(status: number, body: unknown, headers: Headers = []): Answer {
  return {
    status,
    headers: [["content-type", "application/json"], ...headers],
    chunks: [{ at: 0, text: JSON.stringify(body) }],
    end: "closed",
  };
}

/** A stream of one event after OpenRouter's comment; `at` is when the event comes. */
export function eventAnswer(event: unknown, headers: Headers = [], at = 0): Answer {
  return {
    status: 200,
    headers: [["content-type", "text/event-stream"], ...headers],
    chunks: [
      { at: 0, text: ": OPENROUTER PROCESSING\n\n" },
      { at, text: `data: ${JSON.stringify(event)}\n\n` },
    ],
    end: "closed",
  };
}

/** Answers each request with the next of the answers, and then with the last one. */
export function inTurn(...answers: Answer[]): (request: ReceivedRequest) => Answer | undefined {
  const upcoming = answers.values();
  return () => upcoming.next().value ?? answers.at(-1);
}
