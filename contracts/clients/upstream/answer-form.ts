import type { Failure } from "../situations.ts";

/** What the answers of an endpoint look like. Streams are texts, ready to be sent. */
export interface AnswerForm {
  answer(text: string): object;
  toolCall(): object;
  /** An answer in which nothing was generated. */
  emptyAnswer(): object;
  /** The body of an error with a status of its own, and of one inside a 200. */
  error(failure: Failure): object;
  /** Half a text, and the failure beside it. */
  partialAnswer(failure: Failure): object;
  /** Everything before the text. */
  opening(): string;
  text(piece: string): string;
  /** Everything behind the text. */
  closing(text: string): string;
  toolCallStream(): string;
  emptyStream(): string;
  /** The failure as the first event. */
  firstFailure(failure: Failure): string;
  /** The failure behind some text. */
  laterFailure(failure: Failure): string;
  /** The failure behind some text, at the place where a part of the answer has it. */
  partFailure(failure: Failure): string;
}

/** The two halves of every healthy answer. */
export const HALVES = ["Hello", " from OpenRouter."] as const;

/** What a client is told once it has run the tool. */
export const WEATHER = "Sunny in Paris.";

/** The arguments of the tool call. */
export const ARGUMENTS = '{"city":"Paris"}';

/** An event of a stream, with its name where the endpoint has names. */
export function event(data: object, name?: string): string {
  const field = name === undefined ? "" : `event: ${name}\n`;
  return `${field}data: ${JSON.stringify(data)}\n\n`;
}
