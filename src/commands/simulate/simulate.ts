import { parseArgs } from "node:util";
import { FAULT_PREFIX, FAULTS } from "./faults.ts";
import { MODEL_HEADER, SIMULATOR_PORT, startFixtureUpstream } from "./fixture-upstream.ts";

/** How `candor simulate` is called. */
const SIMULATE_USAGE = "candor simulate [--port PORT] [--timed]";

/** What `candor simulate --help` prints. */
export const SIMULATE_HELP = `Stands in for OpenRouter on 127.0.0.1, to test clients and gateways without key or network.

Usage:
  ${SIMULATE_USAGE}

  --port PORT   the port to listen on, by default ${SIMULATOR_PORT}; 0 takes any free one
  --timed       sends every chunk of a fixture at the time that it holds; else as fast as it can

It serves /api/v1 and /v1 alike, and takes any key. The model of a request says what comes back:

  fixture/<endpoint>/<case>   an answer that OpenRouter gave or may give; GET /v1/models lists all.
                              With ?timed at the end, its chunks come at the times that it holds
  fault/<name>                a way to fail that no fixture can show, from the list below
  any other                   a healthy answer, plain or as a stream

A request without a model, such as a GET, may name it in a header: ${MODEL_HEADER}.

Faults, where N stands for a number. In a plain answer an event is an eighth of the body:
${FAULTS.map(({ name, does }) => `  ${(FAULT_PREFIX + name).padEnd(28)}${does}`).join("\n")}

  curl http://127.0.0.1:${SIMULATOR_PORT}/v1/chat/completions -H 'Content-Type: application/json' \\
    -d '{"model":"fault/slow-tokens?ms=200","stream":true,"messages":[]}'
`;

/** Starts the embedded upstream as a program of its own, or says what is wrong with the call. */
export function startSimulate(
  words: string[],
): { url: string; stop: () => Promise<void> } | { problems: string[] } {
  const call = readCall(words);
  if ("problems" in call) return call;
  try {
    return startFixtureUpstream({ ...call, forgetsRequests: true });
  } catch {
    return { problems: [`port ${call.port} is taken; --port takes another`] };
  }
}

function readCall(words: string[]): { port: number; timed: boolean } | { problems: string[] } {
  const options = { port: { type: "string" }, timed: { type: "boolean" } } as const;
  try {
    const { values } = parseArgs({ args: words, options });
    const port = readPort(values.port ?? String(SIMULATOR_PORT));
    return { port, timed: values.timed ?? false };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { problems: [problem, `usage: ${SIMULATE_USAGE}`] };
  }
}

/** A port from its text. Throws an error that says what is allowed. */
export function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new Error(`"${text}" is no port: it has to be a whole number from 0 to 65535`);
}
