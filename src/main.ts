import packageJson from "../package.json" with { type: "json" };
import { createLog } from "./access-log.ts";
import { type Config, describeSettings, readConfig } from "./config.ts";
import { startServer } from "./server.ts";
import type { Send } from "./upstream-call.ts";

/** Bun's own limit of requests at once, read when it starts; beyond it they wait unseen. */
const REQUEST_LIMIT = "BUN_CONFIG_MAX_HTTP_REQUESTS";

const HELP = `candor ${packageJson.version}: ${packageJson.description}

Usage:
  candor [settings]     start the proxy

  --help, --version

Settings, as a flag or as an environment variable:
${describeSettings()}
`;

/** Upstream, by `fetch`: without its own idle limit, since the exchange has limits of its own. */
const send: Send = (request) => fetch(request, { timeout: false });

await run(Bun.argv.slice(2));

async function run(words: string[]): Promise<void> {
  if (words.includes("--help")) return console.log(HELP);
  if (words.includes("--version")) return console.log(packageJson.version);
  const reading = readConfig(process.env, words);
  if ("problems" in reading) return exitWith(reading.problems);
  raiseRequestLimit(reading.config);
  serve(reading.config);
}

function serve(config: Config): void {
  const log = createLog(config);
  const server = startServer(config, send, log);
  log.info(`listening on ${server.url}, upstream is ${config.openrouterBaseUrl}`);
  let isStopping = false;
  const stop = async () => {
    // A second signal: whoever sends it does not want to wait.
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info("draining");
    await server.drain();
    log.flush();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

/** Starts this program again, in place, with room for as many upstream requests as configured. */
function raiseRequestLimit(config: Config): void {
  const limit = String(config.maxUpstreamRequests);
  if (process.env[REQUEST_LIMIT] === limit) return;
  const words = Bun.isStandaloneExecutable
    ? [process.execPath, ...process.argv.slice(2)]
    : [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.(process.execPath, words, { ...process.env, [REQUEST_LIMIT]: limit });
}

function exitWith(problems: string[]): never {
  for (const problem of problems) console.error(`candor: ${problem}`);
  process.exit(2);
}
