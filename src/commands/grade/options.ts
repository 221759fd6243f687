import { parseFlags, SWITCH, TEXT } from "../../config/flags.ts";
import { BASE_PATH } from "../../proxy/client-request.ts";
import { SIMULATOR_PORT } from "../simulate/fixture-upstream.ts";
import { problemsOf } from "../command.ts";
import { endpointOf, ENDPOINTS } from "../endpoints.ts";
import { readPort } from "../simulate/port.ts";

/** How `candor grade` is called. */
export const GRADE_USAGE =
  "candor grade URL [-H 'name: value']… [--only PATTERN] [--json | --junit] [--min-score N]";

/** What may be given to `candor grade`. */
export const GRADE_FLAGS = {
  header: { ...TEXT, short: "H", multiple: true as const },
  "simulator-port": TEXT,
  "no-simulator": SWITCH,
  endpoint: { ...TEXT, values: ENDPOINTS.map(({ name }) => name) },
  only: TEXT,
  "timeout-ms": TEXT,
  all: SWITCH,
  json: SWITCH,
  junit: SWITCH,
  "min-score": TEXT,
};

/** What is to be graded, and how. */
export interface GradeOptions {
  /** Without a slash at its end. */
  baseUrl: string;
  headers: [string, string][];
  /** Undefined where the simulator runs already. */
  simulatorPort: number | undefined;
  /** The folder of its fixtures; `other` for all that have no dialect of their own. */
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
    return problemsOf(error, GRADE_USAGE);
  }
}

/** Throws an error that says what is wrong. */
function parseOptions(words: string[]): GradeOptions {
  const { values, positionals } = parseFlags(words, GRADE_FLAGS);
  if (positionals.length !== 1) throw new Error("exactly one URL has to be given");
  const port = readPort(values["simulator-port"] ?? String(SIMULATOR_PORT));
  return {
    baseUrl: readBaseUrl(positionals[0] ?? ""),
    headers: (values.header ?? []).map(readHeader),
    simulatorPort: values["no-simulator"] === true ? undefined : port,
    endpoint: values.endpoint === undefined ? undefined : endpointOf(values.endpoint).name,
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
