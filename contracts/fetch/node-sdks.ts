// Runs on Node, with the built library: puts each SDK into each situation, through Candor with plain
// fetch, and straight with the library.
import { text } from "node:stream/consumers";
import { truthfulFetch } from "candor/fetch";
import { aiClients } from "../clients/in-process/ai.ts";
import { anthropic } from "../clients/in-process/anthropic.ts";
import type { Ask, Client } from "../clients/in-process/client.ts";
import { langchain } from "../clients/in-process/langchain.ts";
import { openaiClients } from "../clients/in-process/openai.ts";
import { openrouter } from "../clients/in-process/openrouter.ts";
import { SITUATIONS } from "../clients/in-process/situations.ts";

/** How a call ended, through Candor and in process. */
export interface SdkTrial {
  client: string;
  situation: string;
  fixture: string;
  isHealthy: boolean;
  proxied: SdkEnd;
  inProcess: SdkEnd;
}

/** What the SDK's user got. */
export interface SdkEnd {
  text: string;
  pieces: unknown[];
  error: { name: string; status: unknown; code: unknown; message: string } | undefined;
}

/** Where a fixture is answered, by its name. */
export type BaseUrls = Record<string, { proxied: string; straight: string }>;

const CLIENTS: Client[] = [...openaiClients, anthropic, ...aiClients, langchain, openrouter];

const baseUrls: BaseUrls = JSON.parse(await text(process.stdin));
const plain = globalThis.fetch;
const trials: SdkTrial[] = [];
for (const client of CLIENTS) {
  for (const { name, asks, isHealthy, fixtures } of SITUATIONS) {
    const ask = client[asks];
    const caseName = fixtures[client.endpoint];
    if (ask === undefined || caseName === undefined) continue;
    const fixture = `${client.endpoint}/${caseName}`;
    const urls = baseUrls[fixture];
    if (urls === undefined) throw new Error(`Nobody answers ${fixture}.`);
    const names = { client: client.packages.join(" with "), situation: name, fixture, isHealthy };
    globalThis.fetch = plain;
    const proxied = await endOf(ask, urls.proxied);
    globalThis.fetch = truthfulFetch({ fetch: plain });
    trials.push({ ...names, proxied, inProcess: await endOf(ask, urls.straight) });
  }
}
process.stdout.write(JSON.stringify(trials));

async function endOf(ask: Ask, baseUrl: string): Promise<SdkEnd> {
  const reading = { text: "", pieces: [] };
  try {
    await ask(baseUrl, reading);
    return { ...reading, error: undefined };
  } catch (error) {
    return { ...reading, error: describe(error) };
  }
}

function describe(error: unknown): SdkEnd["error"] {
  const thrown = Object(error);
  // What the AI SDK threw at its last try stands inside.
  if (thrown.lastError !== undefined) return describe(thrown.lastError);
  const { name = "object", status, statusCode, code, type, message } = thrown;
  return {
    name: `${thrown.constructor?.name} ${name}`,
    status: status ?? statusCode,
    code: code ?? type,
    message: String(message),
  };
}
