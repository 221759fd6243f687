import { type ChaosAnswer, type ExchangeName, idOf } from "./exchange.ts";
import { FAILED_STREAMS } from "./failed-streams.ts";
import { PLAIN_ANSWERS } from "./plain.ts";
import { HEALTHY_STREAMS } from "./streams.ts";
import { createRandom } from "./random.ts";
import { SOAK_ANSWERS } from "../../bench/soak/answers.ts";

const CHAOS_ANSWERS = { ...PLAIN_ANSWERS, ...HEALTHY_STREAMS, ...FAILED_STREAMS };
const BUILDERS = { ...CHAOS_ANSWERS, ...SOAK_ANSWERS };

/** Every kind of answer that chaos asks for, by name. */
export const ANSWER_KINDS: string[] = Object.keys(CHAOS_ANSWERS);

/** The answer that an exchange's name stands for: the same one wherever it is asked for. */
export function buildAnswer({ answer, seed, number }: ExchangeName): ChaosAnswer {
  const build = BUILDERS[answer];
  if (build === undefined) throw new Error(`There is no answer "${answer}".`);
  return build(idOf(number), createRandom(seed, number));
}
