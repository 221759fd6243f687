import { join } from "node:path";
import { parseFlags, SWITCH, TEXT } from "../../config/flags.ts";
import { parseJson } from "../../core/json.ts";
import type { Recording } from "../../recordings/recording.ts";
import { problemsOf } from "../command.ts";
import { endpointOf, ENDPOINTS } from "../endpoints.ts";

/** How `candor record` is called. */
const RECORD_USAGE =
  'candor record --model MODEL [--endpoint NAME] [--stream] [--name NAME] [--folder fixtures] "prompt", or candor record --path /models [--body JSON]';

/** What may be given to `candor record`. */
export const RECORD_FLAGS = {
  model: TEXT,
  endpoint: {
    ...TEXT,
    values: ENDPOINTS.map(({ name }) => name).filter((name) => name !== "other"),
  },
  stream: SWITCH,
  path: TEXT,
  body: TEXT,
  name: TEXT,
  folder: TEXT,
};

/** The exchange to record. */
export interface RecordCall {
  request: Recording["request"];
  /** What was asked, in the words of the recording's note. */
  what: string;
  /** Where the recording goes. */
  file: string;
}

type Values = ReturnType<typeof parseFlags<typeof RECORD_FLAGS>>["values"];

/** What each endpoint is asked, beside the model and whether it streams. */
const BODIES: Record<string, (prompt: string) => object> = {
  "chat-completions": (prompt) => ({ messages: [{ role: "user", content: prompt }] }),
  completions: (prompt) => ({ prompt }),
  embeddings: (prompt) => ({ input: prompt }),
  messages: (prompt) => ({ max_tokens: 1024, messages: [{ role: "user", content: prompt }] }),
  responses: (prompt) => ({ input: prompt }),
};

const JSON_TYPE: [string, string] = ["content-type", "application/json"];

/** The exchange that words on the command line ask for, or what is wrong with them. */
export function readRecordCall(words: string[]): RecordCall | { problems: string[] } {
  try {
    const { values, positionals } = parseFlags(words, RECORD_FLAGS);
    return values.path === undefined
      ? promptCall(values, positionals)
      : pathCall(values, values.path, positionals);
  } catch (error) {
    return problemsOf(error, RECORD_USAGE);
  }
}

/** A prompt for a model, at an endpoint that is judged in a dialect of its own. */
function promptCall(values: Values, [prompt, ...more]: string[]): RecordCall {
  const { model, stream = false } = values;
  if (model === undefined) throw new Error("--model, or --path, has to be given");
  if (prompt === undefined || more.length > 0)
    throw new Error("exactly one prompt has to be given");
  if (values.body !== undefined) throw new Error("--body goes with --path");
  const { name, dialect } = endpointOf(values.endpoint ?? "chat");
  const bodyOf = BODIES[name];
  if (bodyOf === undefined) throw new Error(`--endpoint ${name} needs --path instead`);
  const isStreamless = name === "embeddings";
  if (stream && isStreamless) throw new Error(`--endpoint ${name} has no streams`);
  const fields = { model, ...bodyOf(prompt), ...(!isStreamless && { stream }) };
  const headers: [string, string][] =
    name === "messages" ? [JSON_TYPE, ["anthropic-version", "2023-06-01"]] : [JSON_TYPE];
  return {
    request: { method: "POST", path: dialect.path, headers, body: JSON.stringify(fields) },
    what: `model ${model}`,
    file: fileOf(values, name, `${model}${stream ? "-stream" : ""}`),
  };
}

/** Any path: with a body it is a POST, else a GET. */
function pathCall(values: Values, path: string, positionals: string[]): RecordCall {
  if (!/^\/[\w./?=&%:@+~,-]*$/.test(path))
    throw new Error(`--path is "${path}"; it has to be like /models`);
  if (positionals.length > 0) throw new Error("--path takes --body, and no prompt");
  const { body = "" } = values;
  if (body !== "" && parseJson(body) === undefined) throw new Error("--body has to be JSON");
  const [folder = ""] = path.slice(1).split("?", 1);
  const method = body === "" ? "GET" : "POST";
  const headers: [string, string][] = body === "" ? [] : [JSON_TYPE];
  return {
    request: { method, path, headers, body },
    what: `${method} ${path}`,
    file: fileOf(values, slugOf(folder) || "root", path.slice(1)),
  };
}

function fileOf({ name, folder = "fixtures" }: Values, endpoint: string, asked: string): string {
  if (name !== undefined && !/^\w[\w.-]{0,200}$/.test(name)) {
    throw new Error(`--name is "${name}"; letters, digits, dots and hyphens are allowed`);
  }
  return join(folder, endpoint, `${name ?? `recorded-${slugOf(asked)}`}.json`);
}

function slugOf(text: string): string {
  return text
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .toLowerCase();
}
