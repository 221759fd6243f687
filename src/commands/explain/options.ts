import { parseFlags, SWITCH, TEXT } from "../../config/flags.ts";
import type { Dialect } from "../../core/dialect.ts";
import { problemsOf } from "../command.ts";
import { endpointOf, ENDPOINTS } from "../endpoints.ts";

/** How `candor explain` is called. */
export const EXPLAIN_USAGE = "candor explain FILE|- [options]";

/** What may be given to `candor explain`. */
export const EXPLAIN_FLAGS = {
  status: TEXT,
  "content-type": TEXT,
  stream: SWITCH,
  endpoint: { ...TEXT, values: ENDPOINTS.map(({ name }) => name) },
  cut: SWITCH,
  entry: TEXT,
  json: SWITCH,
};

/** What is to be explained, and how. Undefined: the capture decides. */
export interface ExplainOptions {
  /** A path, or `-` for standard input. */
  file: string;
  status: number | undefined;
  contentType: string | undefined;
  isStream: boolean | undefined;
  endpoint: Dialect | undefined;
  isCut: boolean | undefined;
  /** Which entry of a HAR file, counted from 1; undefined: the last one that asked an endpoint. */
  entry: number | undefined;
  isJson: boolean;
}

/** The options that words on the command line ask for, or what is wrong with them. */
export function readExplainOptions(words: string[]): ExplainOptions | { problems: string[] } {
  try {
    return parseOptions(words);
  } catch (error) {
    return problemsOf(error, EXPLAIN_USAGE);
  }
}

/** Throws an error that says what is wrong. */
function parseOptions(words: string[]): ExplainOptions {
  const { values, positionals } = parseFlags(words, EXPLAIN_FLAGS, true);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new Error("exactly one FILE has to be given, or - for standard input");
  }
  return {
    file,
    status: values.status === undefined ? undefined : readStatus(values.status),
    contentType: values["content-type"] && readContentType(values["content-type"]),
    isStream: values.stream,
    endpoint: values.endpoint === undefined ? undefined : endpointOf(values.endpoint).dialect,
    isCut: values.cut,
    entry: values.entry === undefined ? undefined : readEntry(values.entry),
    isJson: values.json ?? false,
  };
}

function readStatus(text: string): number {
  if (/^[2-5]\d\d$/.test(text)) return Number(text);
  throw new Error(`--status is "${text}"; a whole number from 200 to 599 is allowed`);
}

function readEntry(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`--entry is "${text}"; the number of an entry, from 1, is allowed`);
}

function readContentType(text: string): string {
  if (/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[\x20-\x7e]*)?$/.test(text)) return text;
  throw new Error(`--content-type is "${text}"; a type such as text/event-stream is allowed`);
}
