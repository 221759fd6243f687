import { type ChaosAnswer, NOTHING, type Truth } from "./exchange.ts";
import { type WireAnswer, wireSteps } from "./wire.ts";
import type { Random } from "./random.ts";

/** What OpenRouter sends while nothing happens. */
export const COMMENT: Uint8Array = Buffer.from(": OPENROUTER PROCESSING\n\n");

/** The end of a whole stream. */
export const DONE: Uint8Array = Buffer.from("data: [DONE]\n\n");

/** An answer to a request that asks for a stream. */
export function stream(answer: Partial<WireAnswer>, truth: Partial<Truth>): ChaosAnswer {
  const steps = wireSteps({ contentType: "text/event-stream", body: [], ...answer });
  const pieces = (truth.pieces ?? []).filter((piece) => !isComment(piece));
  return { asksStream: true, steps, truth: { ...NOTHING, ...truth, pieces } };
}

/** Comments do not reach a client. */
function isComment(piece: Uint8Array): boolean {
  return piece[0] === ":".charCodeAt(0);
}

/** A stream from its role to its end. */
export function wholeStream(id: string, random: Random): Uint8Array[] {
  return [...openStream(id, random), finish(id), DONE];
}

/** A stream that has spoken and not ended, with comments in between. */
export function openStream(id: string, random: Random): Uint8Array[] {
  const texts = Array.from({ length: random.between(1, 30) }, (_, index) =>
    text(id, ` word ${index} "error" [DONE] é✔`),
  );
  const events = texts.flatMap((piece) => (random.chance(0.1) ? [COMMENT, piece] : [piece]));
  return [...(random.chance(0.3) ? [COMMENT] : []), role(id), ...events];
}

/** An event that names who speaks, and says nothing. */
export const role = (id: string): Uint8Array =>
  event(chunk(id, { role: "assistant", content: "" }));

/** An event that says an id and some words. */
export const text = (id: string, words: string): Uint8Array =>
  event(chunk(id, { content: `${id}${words}` }));

/** An event by which the answer has come to its end. */
export const finish = (id: string): Uint8Array => event(chunk(id, { content: "" }, "stop"));

/** An event with this data. */
export function event(data: unknown): Uint8Array {
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
}

function chunk(id: string, delta: object, finishReason: string | null = null) {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return { id: `gen-${id}`, object: "chat.completion.chunk", choices };
}
