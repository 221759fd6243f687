import { readFileSync } from "node:fs";
import { expect, test } from "bun:test";
import { ApiErrorType, CodeEnum } from "@openrouter/sdk/models";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { FAILURE_WORDS } from "../../src/core/failure-words.ts";
import { REFERENCE_WORDS } from "./reference-status.ts";

const Published = Type.Object({
  enumerations: Type.Array(
    Type.Object({ name: Type.String(), source: Type.String(), words: Type.Array(Type.String()) }),
  ),
  statuses: Type.Object({
    source: Type.String(),
    byWord: Type.Record(Type.String(), Type.Integer()),
  }),
});
type Published = Static<typeof Published>;

/** The words that OpenRouter publishes, and the statuses where it says them. */
const PUBLISHED: Published = Value.Parse(
  Published,
  JSON.parse(readFileSync(`${import.meta.dir}/published-words.json`, "utf8")),
);

/** A refusal is no mistake in the request: Candor says 403 where OpenRouter's page says 400. */
const OTHERWISE = ["content_policy_violation", "refusal"];

test("the program's words for failures are the reference's, each with the same status", () => {
  expect(sorted(FAILURE_WORDS)).toEqual(sorted(REFERENCE_WORDS));
});

test("no word stands for two statuses", () => {
  const words = Object.values(FAILURE_WORDS).flat();
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
});

test.each(PUBLISHED.enumerations.map(({ name, words }) => [name, words] as const))(
  "every word that OpenRouter publishes as %s is known",
  (_name, published) => {
    const words = new Set(Object.values(FAILURE_WORDS).flat());
    expect(published.filter((word) => !words.has(word))).toEqual([]);
  },
);

test("a word has the status that OpenRouter publishes for it", () => {
  const published = Object.entries(PUBLISHED.statuses.byWord);
  const wrong = published.filter(([word, status]) => !FAILURE_WORDS[status]?.includes(word));
  expect(wrong.map(([word]) => word)).toEqual(OTHERWISE);
});

test("the published words are those of the installed SDK of OpenRouter", () => {
  // Where this fails, the SDK knows a new word: add it here, to the reference and to the program.
  expect(wordsOf("ApiErrorType")).toEqual(Object.values(ApiErrorType).toSorted());
  expect(wordsOf("ResponsesErrorField.code")).toEqual(Object.values(CodeEnum).toSorted());
});

/** The words of the enumerations whose names begin so. */
function wordsOf(name: string): string[] {
  const found = PUBLISHED.enumerations.filter((enumeration) => enumeration.name.startsWith(name));
  return found.flatMap(({ words }) => words).toSorted();
}

function sorted(words: Record<string, readonly string[]>): Record<string, string[]> {
  const entries = Object.entries(words).map(([status, list]) => [status, list.toSorted()]);
  return Object.fromEntries(entries);
}
