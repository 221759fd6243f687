import { afterAll, describe, test } from "bun:test";
import { PURE_PROPERTIES, socketProperties, startFuzzedCandor } from "./properties.ts";

/** How many runs the fastest property gets; `FUZZ_RUNS` asks for more. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 1500);

/** The same inputs each time, so that no build fails by luck; `bun run fuzz` takes new ones. */
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);

/** A long run may take long. */
const TIMEOUT_MS = 60_000 + RUNS * 100;

const { candor, answerWith } = startFuzzedCandor();
afterAll(() => candor[Symbol.asyncDispose]());

describe("for any input", () => {
  for (const { name, cost, check } of [
    ...PURE_PROPERTIES,
    ...socketProperties(candor, answerWith),
  ]) {
    test(name, () => check({ seed: SEED, numRuns: Math.ceil(RUNS / cost) }), TIMEOUT_MS);
  }
});
