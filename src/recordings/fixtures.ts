import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Value } from "@sinclair/typebox/value";
import { Recording } from "./recording.ts";

/** The folder of the recordings: inside the executable, or beside `src`. */
const FOLDER = [`${import.meta.dir}/fixtures`, `${import.meta.dir}/../../fixtures`].find(
  existsSync,
);

/**
 * All recordings by their names, such as `chat-completions/200-success`, in alphabetical order.
 * Throws where a file is not a recording.
 */
export function loadFixtures(): Map<string, Recording> {
  if (FOLDER === undefined) throw new Error("The fixtures are missing.");
  const files = readdirSync(FOLDER, { recursive: true }).map(String);
  const names = files.flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : []));
  return new Map(names.toSorted().map((name) => [name, readFixture(name)]));
}

/** One recording, by its name. Throws where there is none. */
export function readFixture(name: string): Recording {
  if (FOLDER === undefined) throw new Error("The fixtures are missing.");
  return parseRecording(readFileSync(`${FOLDER}/${name}.json`, "utf8"));
}

/** A recording from its JSON text. Throws an error that names what is wrong with it. */
export function parseRecording(text: string): Recording {
  return Value.Parse(Recording, JSON.parse(text));
}
