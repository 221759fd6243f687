import { parseArgs } from "node:util";
import { BASE_PATH } from "../../proxy/client-request.ts";
import { SIMULATOR_PORT } from "../simulate/fixture-upstream.ts";
import { readPort } from "../simulate/simulate.ts";

/** How `candor grade` is called. */
const GRADE_USAGE =
  "candor grade URL [-H 'name: value']… [--only PATTERN] [--json | --junit] [--min-score N]";

/** What `candor grade --help` prints. */
export const GRADE_HELP = `Grades a gateway: sends it every case, and compares what its client gets with what is true.

Usage:
  ${GRADE_USAGE}

  URL                     what an SDK takes as the gateway's base URL: http://127.0.0.1:8787/v1
  -H, --header 'n: v'     a header to send with every request; may be repeated
  --simulator-port PORT   where the upstream of the cases is started, by default ${SIMULATOR_PORT}
  --no-simulator          candor simulate runs already, wherever the gateway finds it
  --endpoint NAME         only the cases of one endpoint, such as chat-completions
  --only PATTERN          only the cases whose name fits, such as 'stream-*'
  --timeout-ms MS         how long an answer may take to its end, by default 10000
  --all                   lists the cases that passed as well
  --json, --junit         prints the result in this form, for machines
  --min-score PERCENT     exits with 1 below this score; without it, the exit status is 0

The gateway has to be set up to take http://127.0.0.1:${SIMULATOR_PORT}/api/v1 for OpenRouter. With Candor:

  OPENROUTER_BASE_URL=http://127.0.0.1:${SIMULATOR_PORT}/api/v1 candor
  candor grade http://127.0.0.1:3000/v1

A case passes where a client can go by what it gets:
  a failure     has its status (any 5xx where the truth is 502), and error.message in JSON;
  an answer     is the same text, calls and finish reason, in the form that was asked for;
  a stream      that fails after its first words says so, or breaks off, and has no [DONE].
`;

/** What is to be graded, and how. */
export interface GradeOptions {
  /** Without a slash at its end. */
  baseUrl: string;
  headers: [string, string][];
  /** Undefined where the simulator runs already. */
  simulatorPort: number | undefined;
  endpoint: string | undefined;
  pattern: string | undefined;
  timeoutMs: number;
  form: "table" | "json" | "junit";
  showsAll: boolean;
  minScore: number;
}

/** The options that words on the command line ask for, or what is wrong with them. */
export function readGradeOptions(words: string[]): GradeOptions | { problems: string[] } {
  try {
    return parseOptions(words);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { problems: [problem, `usage: ${GRADE_USAGE}`] };
  }
}

/** Throws an error that says what is wrong. */
function parseOptions(words: string[]): GradeOptions {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      header: { ...text, short: "H", multiple: true },
      "simulator-port": text,
      "no-simulator": flag,
      endpoint: text,
      only: text,
      "timeout-ms": text,
      all: flag,
      json: flag,
      junit: flag,
      "min-score": text,
    },
  });
  if (positionals.length !== 1) throw new Error("exactly one URL has to be given");
  const port = readPort(values["simulator-port"] ?? String(SIMULATOR_PORT));
  return {
    baseUrl: readBaseUrl(positionals[0] ?? ""),
    headers: (values.header ?? []).map(readHeader),
    simulatorPort: values["no-simulator"] === true ? undefined : port,
    endpoint: values.endpoint,
    pattern: values.only,
    timeoutMs: readNumber("--timeout-ms", values["timeout-ms"] ?? "10000", 1, 600_000),
    form: values.json === true ? "json" : values.junit === true ? "junit" : "table",
    showsAll: values.all ?? false,
    minScore: readNumber("--min-score", values["min-score"] ?? "0", 0, 100),
  };
}

/** The URL that paths are added to; one that names only a host gets `/v1`. */
function readBaseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`"${text}" is not an http or https URL`);
  }
  return url.origin + (url.pathname === "/" ? BASE_PATH : url.pathname.replace(/\/+$/, ""));
}

function readHeader(text: string): [string, string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new Error(`"${text}" is no header: it has to be like 'name: value'`);
  }
  return [name, value];
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  throw new Error(`${name} is "${text}"; a number from ${least} to ${most} is allowed`);
}
