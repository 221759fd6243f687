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

test.each(namedTrials.filter(([, , { situation }]) => situation.isHealthy))(
  "%s gives the same with and without Candor: %s",
  (_client, _situation, trial) => {
    expect(trial.with).toEqual(trial.without);
  },
);

test("no client takes for an answer what Candor knows to be none", () => {
  const failing = trials.filter(({ situation }) => !situation.isHealthy);
  const taken = failing.filter((trial) => trial.with.outcome.failure === undefined);
  expect(failing.length).toBeGreaterThan(0);
  expect(taken).toEqual([]);
});
