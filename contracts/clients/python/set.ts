import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { ClientSet, SetClient } from "../client-set.ts";
import { installFrozen } from "../install.ts";

/** All that the packages need themselves is taken as of this day. */
const AS_OF = "2026-11-28T00:00:00Z";

/** Each client has an environment of its own: they do not agree on the version of `openai`. */
interface PythonClient {
  packages: string[];
  program: string;
  more: Partial<SetClient>;
}

const BOTH: Partial<SetClient> = { paths: ["/v1", "/api/v1"] };

const CLIENTS: PythonClient[] = [
  client("openai==3.51.0", "openai_chat.py", {
    ...BOTH,
    advice: "`max_retries=0` for one request only.",
  }),
  client("anthropic==2.14.0", "anthropic_messages.py", {
    endpoint: "messages",
    advice: "`max_retries=0` for one request only.",
  }),
  client("litellm==1.110.2", "litellm_openrouter.py", {
    ...BOTH,
    advice: "`max_retries=0` for one request only; `api_base` is the base URL.",
  }),
  client("langchain-openai==1.7.4", "langchain_chat.py openai", {
    ...BOTH,

    advice: "`max_retries=0` for one request only.",
  }),
  client("langchain-openrouter==0.2.9", "langchain_chat.py openrouter", {
    ...BOTH,
    advice: "`max_retries=0`: its 2 are not a number of tries but 300 s of trying.",
  }),
  client("openrouter==1.3.84", "openrouter_sdk.py", {
    ...BOTH,
    advice: "`retry_config` with the strategy `none`: it repeats a 5xx for an hour.",
  }),
  client("pydantic-ai-slim[openai,openrouter]==2.68.0", "pydantic_openrouter.py", {
    ...BOTH,
    advice: "`max_retries` of the `AsyncOpenAI` that its provider takes.",
  }),
  client("openai-agents==0.24.0", "openai_agents.py", {
    advice: "`max_retries` of its `AsyncOpenAI`.",
  }),
  client("instructor==1.17.0", "instructor_openai.py", {
    kinds: ["tools"],
    advice: "`max_retries` of the call (its own) and of the client (OpenAI's).",
  }),
  client("haystack-ai==3.4.1", "haystack_openai.py", {
    advice: "`max_retries=0`: by default it makes 6 requests.",
  }),
  client("llama-index-llms-openrouter==0.6.0", "llama_index_openrouter.py", {
    ...BOTH,
    advice: "`max_retries=0`: its own tries multiply with those of OpenAI's SDK.",
  }),
  client("dspy==3.4.1", "dspy_openrouter.py", {
    ...BOTH,
    kinds: ["plain"],
    advice: "`num_retries=0`.",
  }),
  client("smolagents[openai]==1.26.0", "smolagents_openai.py", {
    advice: "`retry=False`: its own tries, a minute apart, multiply with those of OpenAI's SDK.",
  }),
  client("aider-chat==0.86.2", "aider_cli.py", {
    ...BOTH,
    kinds: ["stream"],
    readsLines: false,
    limitSeconds: 60,
    advice: "Nothing can be set: what it takes for passing it tries for a minute.",
  }),
];

/** The SDKs of Python, and aider's CLI. */
export const set: ClientSet = {
  name: "python",
  toolchain: {
    program: "uv",
    missing: "Install uv with `pip install uv`, and Python 3.11 or 3.12.",
  },
  async install(folder) {
    await cp(import.meta.dir, folder, { recursive: true });
    for (const { packages, program } of CLIENTS) await installClient(folder, packages, program);
  },
  clients: CLIENTS.map(({ packages: [first = ""], program, more }) => ({
    name: first.replace(/(\[.*)?==.*/, ""),
    version: first.replace(/.*==/, ""),
    endpoint: "chat",
    kinds: ["plain", "stream", "tools"],
    paths: ["/v1"],
    command: (folder) => commandOf(folder, program),
    environment: { LITELLM_LOCAL_MODEL_COST_MAP: "True", HAYSTACK_TELEMETRY_ENABLED: "False" },
    readsLines: true,
    ...more,
  })),
  notes: `aider knows a lack of credits only by the text \`"code":402\`. Candor knows aider by its \`X-Title\`, and
gives it that text on every path: a true 402 costs it one request, as it does straight.`,
};

function client(packages: string, program: string, more: Partial<SetClient>): PythonClient {
  return { packages: packages.split(" "), program, more };
}

async function installClient(folder: string, packages: string[], program: string): Promise<void> {
  const place = environmentOf(folder, program);
  const mark = Bun.file(join(place, "packages.txt"));
  const wanted = [...packages, AS_OF].join("\n");
  if ((await mark.exists()) && (await mark.text()) === wanted) return;
  const python = ["--python", ">=3.11,<3.13", "--no-python-downloads"];
  await installFrozen(["uv", "venv", "--quiet", "--clear", ...python, place], folder);
  const from = ["--exclude-newer", AS_OF, "--python", place];
  await installFrozen(["uv", "pip", "install", "--quiet", ...from, ...packages], folder);
  await Bun.write(mark, wanted);
}

function commandOf(folder: string, program: string): string[] {
  const [file = "", ...words] = program.split(" ");
  return [join(environmentOf(folder, program), "bin/python"), join(folder, file), ...words];
}

function environmentOf(folder: string, program: string): string {
  return join(folder, "environments", program.replace(".py", "").replaceAll(" ", "-"));
}
