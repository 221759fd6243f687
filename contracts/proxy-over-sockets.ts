import { startServer } from "../src/server.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../src/simulator.ts";
import { configure, quiet } from "./ways.ts";

/** Candor in front of a simulated upstream, both on real sockets; stops at the end of its scope. */
export interface ProxyOverSockets extends AsyncDisposable {
  /** What an SDK takes as its base URL. */
  url: string;
  simulator: Simulator;
}

/** Starts Candor in front of an upstream that answers as told. */
export function startProxy(options: SimulatorOptions): ProxyOverSockets {
  const simulator = startSimulator(options);
  const config = configure({ OPENROUTER_BASE_URL: simulator.url });
  const server = startServer(config, (request) => fetch(request, { timeout: false }), quiet);
  return {
    url: `${server.url}/v1`,
    simulator,
    async [Symbol.asyncDispose]() {
      await server.drain();
      await simulator.stop();
    },
  };
}
