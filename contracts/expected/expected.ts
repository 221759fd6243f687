import { readdirSync, readFileSync } from "node:fs";
import { Value } from "@sinclair/typebox/value";
import { Expectation } from "./expectation.ts";

type Outcome = Expectation["outcome"];
type Expected<O extends Outcome> = Extract<Expectation, { outcome: O }>;

/** All expectations by the whole names of their fixtures, in alphabetical order. */
export const EXPECTED = loadExpectations(import.meta.dir);

/** The expectations with this outcome, each behind the name of its fixture. */
export function expectedWith<O extends Outcome>(outcome: O): [string, Expected<O>][] {
  return [...EXPECTED].flatMap(([name, expectation]): [string, Expected<O>][] =>
    hasOutcome(expectation, outcome) ? [[name, expectation]] : [],
  );
}

/**
 * Reads every JSON file below a folder as an expectation. Throws where one is none, and names the
 * file and what is wrong with it.
 */
export function loadExpectations(folder: string): Map<string, Expectation> {
  const files = readdirSync(folder, { recursive: true }).map(String);
  const names = files.flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : []));
  return new Map(names.toSorted().map((name) => [name, readExpectation(`${folder}/${name}.json`)]));
}

function readExpectation(path: string): Expectation {
  try {
    return Value.Parse(Expectation, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new Error(`${path} is not an expectation: ${error}`, { cause: error });
  }
}

function hasOutcome<O extends Outcome>(
  expectation: Expectation,
  outcome: O,
): expectation is Expected<O> {
  return expectation.outcome === outcome;
}
