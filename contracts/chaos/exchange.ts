import type { Random } from "./random.ts";
import { type Static, Type } from "@sinclair/typebox";
import type { Step } from "./wire.ts";

/** The key that the proxy holds in these runs: upstream must get it, and nobody else may see it. */
export const KEY = "sk-or-v1-chaos-key-that-nobody-may-see";

/** The key that the clients send: the proxy does not pass it on. */
export const CALLERS_KEY = "sk-the-callers-own-key";

/** The settings under which the proxy runs here: short, so that its limits are reached often. */
export const LIMITS = {
  upstreamTimeoutMs: 2500,
  streamHoldMs: 500,
  streamIdleTimeoutMs: 800,
  clientStallTimeoutMs: 1000,
  streamEventBytes: 2 * 2 ** 20,
};

/** One request and its answer; what is asked for and what comes follow from these three. */
export interface ExchangeName {
  answer: string;
  seed: number;
  number: number;
}

/** What upstream does with a request, and what the client must get. */
export interface ChaosAnswer {
  asksStream: boolean;
  steps: Step[];
  truth: Truth;
}

/** Every way in which an exchange may end. */
export interface Truth {
  /** The answer, or what there is of it before it fails: in a stream, whole events. */
  pieces: Uint8Array[];
  /** Status 200 and all the pieces, byte for byte. */
  mayBeWhole: boolean;
  /** The statuses that tell the failure. */
  statuses: number[];
  /** Status 200, the pieces, and one error event. */
  mayFailInBand: boolean;
  /** Upstream's connection is cut, so that the last of the pieces may be lost. */
  mayLose: boolean;
  /** Half an event is out, so that only a broken connection can tell. */
  mayBreak: boolean;
  /** What the error's message must say. */
  quote: string | undefined;
}

/** What must stand in an answer, and must not stand in any other. */
export const idOf = (number: number): string => `chaos~${number}~`;

/** The number of every exchange whose id stands in a text. */
export function idsIn(text: string): number[] {
  return [...text.matchAll(/chaos~(\d+)~/g)].map(([, number]) => Number(number));
}

/** The request's body, with a number that JSON.parse would round. */
export function requestBody(name: ExchangeName, asksStream: boolean): string {
  const { answer, seed, number } = name;
  const filler = " please".repeat(number % 200);
  const message = JSON.stringify({ role: "user", content: `${idOf(number)}${filler}` });
  const model = `chaos/${answer}/${seed}/${number}`;
  const fields = `"stream":${asksStream},"seed":12345678901234567890`;
  return `{"model":"${model}","messages":[${message}],${fields}}`;
}

/** The exchange that a request's body names. */
export function readName(body: Uint8Array): ExchangeName | undefined {
  const [, answer, seed, number] =
    /^\{"model":"chaos\/([\w-]+)\/(\d+)\/(\d+)"/.exec(Buffer.from(body).toString()) ?? [];
  if (answer === undefined) return undefined;
  return { answer, seed: Number(seed), number: Number(number) };
}

/** Where nothing is allowed; answers add what is. */
export const NOTHING: Truth = {
  pieces: [],
  mayBeWhole: false,
  statuses: [],
  mayFailInBand: false,
  mayLose: false,
  mayBreak: false,
  quote: undefined,
};

/** Builds the answer of one kind for an exchange. */
export type AnswerBuilder = (id: string, random: Random) => ChaosAnswer;

/** A line of what upstream prints. Times are readings of the clock that all processes share. */
export const UpstreamLine = Type.Object({
  event: Type.Union([Type.Literal("begun"), Type.Literal("over"), Type.Literal("wrong")]),
  number: Type.Integer(),
  at: Type.Integer(),
});
export type UpstreamLine = Static<typeof UpstreamLine>;
