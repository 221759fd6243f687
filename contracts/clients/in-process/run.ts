import { startCandor } from "../../harness/candor.ts";
import { fixtureOf } from "../../harness/ways.ts";
import { aiClients } from "./ai.ts";
import { anthropic } from "./anthropic.ts";
import type { Ask, Client } from "./client.ts";
import { langchain } from "./langchain.ts";
import { openaiClients } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { type Situation, SITUATIONS } from "./situations.ts";

/** All clients that are judged. */
export const CLIENTS: Client[] = [...openaiClients, anthropic, ...aiClients, langchain, openrouter];

/** Clients would wait for seconds before they try again. */
const RETRY_AT_ONCE: [string, string] = ["retry-after-ms", "1"];

/** What happened in one call: its end, and the requests for it that reached upstream. */
export interface Observation {
  outcome: Outcome;
  requests: number;
}

/** A client in a situation, without Candor and with it. */
export interface Trial {
  client: Client;
  situation: Situation;
  without: Observation;
  with: Observation;
}

/** Puts every client into every situation that its endpoint has, one after the other. */
export async function runTrials(): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const client of CLIENTS) {
    for (const situation of SITUATIONS) {
      const fixture = situation.fixtures[client.endpoint];
      const ask = client[situation.asks];
      if (fixture === undefined || ask === undefined) continue;
      const observe = (isWithCandor: boolean) =>
        observeCall(`${client.endpoint}/${fixture}`, ask, isWithCandor);
      const without = await observe(false);
      trials.push({ client, situation, without, with: await observe(true) });
    }
  }
  return trials;
}

/** Makes one call to an upstream that answers as a fixture says, directly or through Candor. */
async function observeCall(name: string, ask: Ask, isWithCandor: boolean): Promise<Observation> {
  const { request, response } = fixtureOf(name);
  const answer = { ...response, headers: [...response.headers, RETRY_AT_ONCE] };
  await using candor = startCandor({
    answer: ({ path }) => (path === `/api/v1${request.path}` ? answer : undefined),
    // The client has to learn of a failure from what is sent, and not from a broken connection.
    settings: { BREAK_STREAMS: "never" },
  });
  const outcome = await outcomeOf(ask, isWithCandor ? candor.baseUrl : candor.simulator.url);
  return { outcome, requests: candor.received.length };
}
