import { type AnswerBuilder, NOTHING } from "../../contracts/chaos/exchange.ts";
import { wireSteps } from "../../contracts/chaos/wire.ts";

/** The pace of a model that writes, and how much it writes: two seconds' worth. */
const EVENT_MS = 50;
const EVENTS = 40;

/** The pace of OpenRouter's comments here, and how many come before the first event that decides. */
const COMMENT_MS = 250;
const COMMENTS = 12;

const COMMENT = Buffer.from(": OPENROUTER PROCESSING\n\n");

/** What a long and quiet run asks for. */
export const SOAK_ANSWERS: Record<string, AnswerBuilder> = {
  "soak-plain": (id) => {
    const message = { role: "assistant", content: `${id} ${"word ".repeat(100)}` };
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    const pieces = [Buffer.from(JSON.stringify({ id, choices }))];
    const steps = wireSteps({ contentType: "application/json", framing: "length", body: pieces });
    return { asksStream: false, steps, truth: { ...NOTHING, pieces, mayBeWhole: true } };
  },
  "soak-error": (id, random) => {
    const error = { message: `${id} comes too soon`, code: random.pick([429, 502, 503]) };
    const body = [Buffer.from(JSON.stringify({ error }))];
    const steps = wireSteps({ contentType: "application/json", framing: "length", body });
    return { asksStream: false, steps, truth: { ...NOTHING, statuses: [error.code] } };
  },
  "soak-stream": (id) => pacedStream([], pacedEvents(id)),
  "soak-held": (id) => {
    const comments = Array.from({ length: COMMENTS }, () => COMMENT);
    return pacedStream(comments, pacedEvents(id).slice(-3));
  },
  "soak-broken": (id) => {
    const pieces = pacedEvents(id).slice(0, EVENTS / 2);
    const { steps } = pacedStream([], pieces);
    return { asksStream: true, steps, truth: { ...NOTHING, pieces, mayFailInBand: true } };
  },
};

function pacedStream(comments: Uint8Array[], events: Uint8Array[]) {
  const pieces = [...comments, ...events];
  const body = pieces.flatMap((piece) => [piece === COMMENT ? COMMENT_MS : EVENT_MS, piece]);
  const steps = wireSteps({ contentType: "text/event-stream", body });
  // Comments are dropped: the client gets the events.
  return { asksStream: true, steps, truth: { ...NOTHING, pieces: events, mayBeWhole: true } };
}

function pacedEvents(id: string): Uint8Array[] {
  const events = Array.from({ length: EVENTS }, (_, index) => {
    const delta = { role: "assistant", content: `${id} word number ${index}` };
    const choices = [{ index: 0, delta, finish_reason: index === EVENTS - 1 ? "stop" : null }];
    return Buffer.from(`data: ${JSON.stringify({ id, choices })}\n\n`);
  });
  return [...events, Buffer.from("data: [DONE]\n\n")];
}
