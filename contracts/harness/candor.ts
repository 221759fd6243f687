import type { Log } from "../../src/observe/log.ts";
import type { Send } from "../../src/proxy/upstream-call.ts";
import { startServer } from "../../src/server/server.ts";
import {
  type ReceivedRequest,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../src/commands/simulate/simulator.ts";
import { CHAT, configure, quiet } from "./ways.ts";

/** Candor on a real socket, in front of a simulated upstream; stops at the end of its scope. */
export interface Candor extends AsyncDisposable {
  url: string;
  /** What an SDK takes as its base URL. */
  baseUrl: string;
  simulator: Simulator;
  /** The requests that reached upstream. */
  received: ReceivedRequest[];
  /** Posts a JSON text to `/proxy`. */
  post(body: string, headers?: Record<string, string>, signal?: AbortSignal): Promise<Response>;
}

/** Where Candor runs, and what upstream answers: by default a healthy completion. */
export interface CandorOptions extends Partial<SimulatorOptions> {
  settings?: Record<string, string>;
  log?: Log;
  /** The way to upstream: `fetch`, unless given. */
  send?: Send;
}

/** A request that every check lets pass. */
export const HELLO = JSON.stringify({
  model: "openai/gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
});

/** Starts both. A setting of "" is unset, also `OPENROUTER_API_KEY`, which is set by default. */
export function startCandor({ settings, log, send, ...upstream }: CandorOptions = {}): Candor {
  const simulator = startSimulator({
    answer: () => CHAT.get("200-success")?.response,
    ...upstream,
  });
  const config = configure({ OPENROUTER_BASE_URL: simulator.url, ...settings });
  const server = startServer(
    config,
    send ?? ((url, init) => fetch(url, { ...init, timeout: false })),
    log ?? quiet,
    { pauseMs: 0 },
  );
  return {
    url: server.url,
    baseUrl: `${server.url}/v1`,
    simulator,
    received: simulator.requests,
    post: (body, headers = {}, signal) =>
      Bun.fetch(`${server.url}/proxy`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
        ...(signal && { signal }),
      }),
    async [Symbol.asyncDispose]() {
      await server.drain();
      await simulator.stop();
    },
  };
}

/** Runs a test against a Candor of its own, and stops it whatever happens. */
export async function withCandor(
  options: CandorOptions,
  run: (candor: Candor) => Promise<void>,
): Promise<void> {
  await using candor = startCandor(options);
  await run(candor);
}
