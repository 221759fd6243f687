import { type Command, refused } from "../command.ts";
import { printableLine } from "../printable.ts";
import { stopOnSignal } from "../signals.ts";
import { FAULT_PREFIX, FAULTS } from "./faults.ts";
import { HEALTHY_MODEL, MODEL_HEADER, SIMULATOR_PORT } from "./fixture-upstream.ts";
import { SIMULATE_FLAGS, SIMULATE_USAGE, startSimulate } from "./simulate.ts";

/** Stands in for OpenRouter, with its failures, until it is told to stop. */
export const simulateCommand: Command = {
  name: "simulate",
  summary: "stand in for OpenRouter, with its failures, to test clients and gateways",
  flags: SIMULATE_FLAGS,
  help: `Stands in for OpenRouter, to test clients and gateways without key or network.

Usage:
  ${SIMULATE_USAGE}

  --host HOST       the address to listen on, by default 127.0.0.1
  --port PORT       the port to listen on, by default ${SIMULATOR_PORT}; 0 takes any free one
  --timed           sends every chunk of a fixture at the time that it holds; else as fast as it can
  --default MODEL   what answers a model that is none of these, such as ${HEALTHY_MODEL}; without it, that
                    is a 404 that names the nearest
  --quiet           prints no line for each request

It serves /api/v1 and /v1 alike, and takes any key. The model of a request says what comes back:

  fixture/<endpoint>/<case>   an answer that OpenRouter gave or may give; GET /v1/models lists all.
                              <case> alone will do. With ?timed at the end, its chunks come at the
                              times that it holds
  fault/<name>                a way to fail that no fixture can show, from the list below
  ${HEALTHY_MODEL}, or no model         a healthy answer, plain or as a stream

A request without a model, such as a GET, may name it in a header: ${MODEL_HEADER}.

Faults, where N stands for a number. In a plain answer an event is an eighth of the body:
${FAULTS.map(({ name, does }) => `  ${(FAULT_PREFIX + name).padEnd(28)}${does}`).join("\n")}

  curl http://127.0.0.1:${SIMULATOR_PORT}/v1/chat/completions -H 'Content-Type: application/json' \\
    -d '{"model":"fault/slow-tokens?ms=200","stream":true,"messages":[]}'
`,
  async run(words, { print }) {
    const started = startSimulate(words, ({ method, path, model, status }) => {
      const time = new Date().toISOString().slice(11, 19);
      print(printableLine(`${time} ${status ?? "no answer"} ${method} ${path} ${model}`));
    });
    if ("problems" in started) return refused(started.problems);
    print(`simulating OpenRouter on ${started.url}; the faults: candor simulate --help`);
    return stopOnSignal(started.stop);
  },
};
