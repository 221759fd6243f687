import { expect, test } from "bun:test";
import type { SetClient } from "./client-set.ts";
import type { Trial } from "./matrix.ts";
import { readClientsOptions } from "./options.ts";
import { renewPage } from "./page.ts";
import type { Seen } from "./seen.ts";
import { SITUATIONS } from "./situations.ts";

const ANSWER: Seen = {
  text: "Hello from OpenRouter.",
  outcome: "answer",
  class: "",
  status: undefined,
  message: "",
  crash: false,
  requests: 1,
  seconds: 0.1,
};
const clients = [client("first"), client("second")];
const streams = SITUATIONS.filter(({ kinds }) => kinds.includes("stream"));
const whole = clients.flatMap((one) => streams.map((situation) => trialOf(one, situation)));

test("the page says which clients and situations of a set were not run", () => {
  const [only] = whole;
  const page = pageOf("", "js", only === undefined ? [] : [only]);
  expect(page).toContain('\nNot run with this binary: second, "');
  expect(page).toContain('"502 after text"');
  // No client of the set can meet these two.
  expect(page).not.toContain('"healthy answer"');
  expect(page).not.toContain('"tool call"');
});

test("the page says in which situations a client was not run that others were run in", () => {
  const part = whole.filter(
    ({ client: one, situation }) => one.name === "first" || situation.name !== "cut",
  );
  expect(pageOf("", "js", part)).toContain(
    '\nNot run with this binary: second in "stream ends early".',
  );
});

test("a whole set says nothing of the kind", () => {
  expect(pageOf("", "js", whole)).not.toContain("Not run with this binary");
});

test("the page says what is worse with Candor, on which paths, and what was seen", () => {
  const failed: Seen = { ...ANSWER, text: "", outcome: "error", status: 429, requests: 6 };
  const cause = "Provider is rate-limited upstream, please try again shortly";
  const told = { ...failed, message: `rate limit: ${cause}` };
  const untold = { ...failed, message: "last status: 429" };
  const trials = whole.map((trial) => {
    const isIt = trial.client.name === "first" && trial.situation.name === "first-rate-limit";
    return isIt ? { ...trial, seen: { straight: told, "/v1": untold, "/api/v1": untold } } : trial;
  });
  expect(pageOf("", "js", trials)).toContain(
    `- first, 429 in the first event: the cause is lost, by \`/v1\` and \`/api/v1\`. Straight: \`rate limit: ${cause}\`, 6 requests; through Candor: \`last status: 429\`, 6 requests.`,
  );
  expect(pageOf("", "js", whole)).toContain("No client is worse off with Candor than without it");
});

test("the page names the sets that it has nothing of, and keeps those that it has", () => {
  const one = pageOf("", "js", whole);
  expect(one).toContain("Not on this page, since not run: go, rust.");
  const two = pageOf(one, "go", whole);
  expect(two).toContain("Not on this page, since not run: rust.");
  expect(two.indexOf("## go")).toBeLessThan(two.indexOf("## js"));
  expect(pageOf(two, "rust", whole)).not.toContain("Not on this page");
});

test.each([
  ["", true],
  ["--client a", false],
  ["--without a", false],
  ["--situation a", false],
  ["--client a --client b --partial-page", true],
  ["--straight-only", false],
  ["--straight-only --partial-page", false],
])("`bun run clients %s` renews the page: %p", (words, isForPage) => {
  const options = readClientsOptions(words.split(" ").filter(Boolean), ["js"]);
  expect(options).toMatchObject({ isForPage });
});

function pageOf(page: string, name: string, trials: Trial[]): string {
  return renewPage(page, { name, clients, trials, notes: "", markdown: "" }, ["go", "js", "rust"]);
}

function trialOf(one: SetClient, situation: Trial["situation"]): Trial {
  return { client: one, situation, seen: { straight: ANSWER, "/v1": ANSWER } };
}

function client(name: string): SetClient {
  return {
    name,
    version: "1.0.0",
    endpoint: "chat",
    kinds: ["stream"],
    paths: ["/v1"],
    command: () => [],
  };
}
