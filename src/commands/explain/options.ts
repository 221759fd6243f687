import { parseArgs } from "node:util";
import type { Dialect } from "../../core/dialect.ts";
import { NAMED } from "../../core/dialects/named.ts";
import { other } from "../../core/dialects/other.ts";

/** How `candor explain` is called. */
const EXPLAIN_USAGE = "candor explain FILE|- [options]";

/** The endpoints by the names under which they can be asked for: `chat`, `responses`, `other`. */
export const ENDPOINTS = new Map([
  ...NAMED.map((dialect): [string, Dialect] => [dialect.path.split("/")[1] ?? "", dialect]),
  ["other", other],
]);

const ENDPOINT_NAMES = [...ENDPOINTS.keys()].join(", ");

/** What `candor explain --help` prints. */
export const EXPLAIN_HELP = `Judges a captured answer of OpenRouter: what Candor would answer, by which rule, and why.

Usage:
  ${EXPLAIN_USAGE}

  FILE                   the captured answer; - reads it from standard input. What it is, is told
                         by its content: a fixture as candor record writes it, a raw HTTP response
                         as curl -i saves it, or a bare body (JSON, an event stream, or anything)
  --status N             the status of a bare body, by default 200
  --content-type TYPE    the content type of a bare body, by default as the body looks
  --stream, --no-stream  what the request had asked for, by default what came
  --endpoint NAME        which endpoint was asked, by default chat, or a fixture's own:
                         ${ENDPOINT_NAMES}
  --cut, --no-cut        whether the connection broke off at the end of the capture, by default
                         only where fewer bytes were captured than the answer announced
  --json                 prints the explanation for machines

Exit status:
  0  the answer is relayed: it is good
  3  the answer is repaired, or its stream ends with an error
  2  the call or the capture is wrong

It is Candor itself that judges, with the default settings, and without key or network:

  curl -si https://openrouter.ai/api/v1/chat/completions … | candor explain -
`;

/** What is to be explained, and how. Undefined: the capture decides. */
export interface ExplainOptions {
  /** A path, or `-` for standard input. */
  file: string;
  status: number | undefined;
  contentType: string | undefined;
  isStream: boolean | undefined;
  endpoint: Dialect | undefined;
  isCut: boolean | undefined;
  isJson: boolean;
}

/** The options that words on the command line ask for, or what is wrong with them. */
export function readExplainOptions(words: string[]): ExplainOptions | { problems: string[] } {
  try {
    return parseOptions(words);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { problems: [problem, `usage: ${EXPLAIN_USAGE}`] };
  }
}

/** Throws an error that says what is wrong. */
function parseOptions(words: string[]): ExplainOptions {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    allowNegative: true,
    options: {
      status: text,
      "content-type": text,
      stream: flag,
      endpoint: text,
      cut: flag,
      json: flag,
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new Error("exactly one FILE has to be given, or - for standard input");
  }
  return {
    file,
    status: values.status === undefined ? undefined : readStatus(values.status),
    contentType: values["content-type"] && readContentType(values["content-type"]),
    isStream: values.stream,
    endpoint: values.endpoint === undefined ? undefined : readEndpoint(values.endpoint),
    isCut: values.cut,
    isJson: values.json ?? false,
  };
}

function readStatus(text: string): number {
  if (/^[2-5]\d\d$/.test(text)) return Number(text);
  throw new Error(`--status is "${text}"; a whole number from 200 to 599 is allowed`);
}

function readContentType(text: string): string {
  if (/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[\x20-\x7e]*)?$/.test(text)) return text;
  throw new Error(`--content-type is "${text}"; a type such as text/event-stream is allowed`);
}

function readEndpoint(name: string): Dialect {
  const endpoint = ENDPOINTS.get(name);
  if (endpoint !== undefined) return endpoint;
  throw new Error(`--endpoint is "${name}"; ${ENDPOINT_NAMES} are allowed`);
}
