import { expect, test } from "bun:test";
import { runChaos } from "./run.ts";

/** The load, then waiting until all is quiet, twice; the build, where it is needed. */
const TIMEOUT_MS = 90_000;

test.each([
  ["HTTP/1.1", false],
  ["HTTP/2", true],
])(
  "rude clients before an upstream gone mad, over %s, get their own answer, or the truth, and nothing is left behind",
  async (_, isHttp2) => {
    const { byAnswer, violations } = await runChaos({
      seconds: 2,
      warmUpSeconds: 0.1,
      seed: 20_261_123,
      clients: 100,
      answers: "",
      clientKinds: "",
      isHttp2,
    });
    expect(violations).toEqual([]);
    expect(byAnswer.size).toBeGreaterThan(40);
  },
  TIMEOUT_MS,
);
