import type { Log } from "../src/access-log.ts";
import type { Recording } from "../src/recording.ts";
import { startServer } from "../src/server.ts";
import { type ReceivedRequest, startSimulator } from "../src/simulator.ts";
import { CHAT, configure, quiet } from "./ways.ts";

/** Candor on a real socket, in front of a simulator whose requests can be looked at. */
export interface Candor {
  url: string;
  received: ReceivedRequest[];
  /** Posts a JSON text to `/proxy`. */
  post(body: string, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

/** Where Candor runs, and what upstream answers: by default a healthy completion. */
export interface CandorOptions {
  settings?: Record<string, string>;
  answer?: (request: ReceivedRequest) => Recording["response"] | undefined;
  log?: Log;
}

/** A request that every check lets pass. */
export const HELLO = JSON.stringify({
  model: "openai/gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
});

/** Starts both. A setting of "" is unset, also `OPENROUTER_API_KEY`, which is set by default. */
export function startCandor({ settings = {}, answer, log = quiet }: CandorOptions = {}): Candor {
  const simulator = startSimulator({ answer: answer ?? (() => CHAT.get("200-success")?.response) });
  const config = configure({ OPENROUTER_BASE_URL: simulator.url, ...settings });
  const server = startServer(config, (request) => fetch(request, { timeout: false }), log);
  return {
    url: server.url,
    received: simulator.requests,
    post: (body, headers = {}) =>
      Bun.fetch(`${server.url}/proxy`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      }),
    async stop() {
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
  const candor = startCandor(options);
  try {
    await run(candor);
  } finally {
    await candor.stop();
  }
}
