import { expect, test } from "bun:test";
import { runTrials, type Trial } from "./run.ts";
import { nameOf } from "./client-name.ts";
import { CLIENT_OUTCOMES } from "../expected-outcomes.ts";

const trials = await runTrials();
const namedTrials = trials.map((trial): [string, string, Trial] => [
  nameOf(trial.client),
  trial.situation.name,
  trial,
]);

test("every client is judged in every situation of its endpoint", () => {
  const expected = Object.entries(CLIENT_OUTCOMES).flatMap(([client, outcomes]) =>
    Object.keys(outcomes).map((situation) => [client, situation]),
  );
  expect(namedTrials.map(([client, situation]) => [client, situation])).toEqual(expected);
});

test.each(namedTrials)("%s: %s", (client, situation, trial) => {
  const { outcome, requests } = trial.with;
  const seen: unknown = { text: outcome.text, ...outcome.failure, requests };
  expect(seen).toEqual(CLIENT_OUTCOMES[client]?.[situation]);
});

const healthyTrials = namedTrials.filter(([, , { situation }]) => situation.isHealthy);
const isLostWithout = ([, , { without }]: [string, string, Trial]) =>
  without.outcome.failure !== undefined;

test.each(healthyTrials.filter((trial) => !isLostWithout(trial)))(
  "%s gives the same with and without Candor: %s",
  (_client, _situation, trial) => {
    expect(trial.with).toEqual(trial.without);
  },
);

// The SDK takes every named event for JSON, and OpenRouter's `[DONE]` is none.
test("without Candor, only `@anthropic-ai/sdk` loses a healthy answer: at a `[DONE]`", () => {
  const lost = healthyTrials
    .filter(isLostWithout)
    .map(([client, situation]) => [client, situation]);
  expect(lost).toEqual([["@anthropic-ai/sdk, messages", "healthy stream with `[DONE]`"]]);
});

test("no client takes for an answer what Candor knows to be none", () => {
  const failing = trials.filter(({ situation }) => !situation.isHealthy);
  const taken = failing.filter((trial) => trial.with.outcome.failure === undefined);
  expect(failing.length).toBeGreaterThan(0);
  expect(taken).toEqual([]);
});
