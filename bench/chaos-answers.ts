import { type ChaosAnswer, type ExchangeName, idOf } from "./chaos-exchange.ts";
import { PLAIN_ANSWERS } from "./chaos-plain.ts";
import { STREAM_ANSWERS } from "./chaos-streams.ts";
import { createRandom } from "./random.ts";

const BUILDERS = { ...PLAIN_ANSWERS, ...STREAM_ANSWERS };

/** Every kind of answer, by name. */
export const ANSWER_KINDS: string[] = Object.keys(BUILDERS);

/** The answer that an exchange's name stands for: the same one wherever it is asked for. */
export function buildAnswer({ answer, seed, number }: ExchangeName): ChaosAnswer {
  const build = BUILDERS[answer];
  if (build === undefined) throw new Error(`There is no answer "${answer}".`);
  return build(idOf(number), createRandom(seed, number));
}
