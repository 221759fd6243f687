import { readConfig } from "../config/config.ts";
import { describeSettings } from "../config/help.ts";
import { SETTING_FLAGS } from "../config/setting-flags.ts";
import { createLog } from "../observe/log.ts";
import { findOpenFilesLimit } from "../server/open-files.ts";
import { startServer } from "../server/server.ts";
import { type Command, refused } from "./command.ts";
import { stopOnSignal } from "./signals.ts";
import { startAgainWith } from "./start-again.ts";
import { startLine } from "./start-line.ts";

/** Bun's own limit of requests at once, read when it starts; beyond it they wait unseen. */
const REQUEST_LIMIT = "BUN_CONFIG_MAX_HTTP_REQUESTS";

/** Starts the proxy, and serves until it is told to stop. */
export const serve: Command = {
  name: "serve",
  summary: "start the proxy; the same as candor without a command",
  flags: SETTING_FLAGS,
  help: `Starts the proxy.

Usage:
  candor [serve] [settings]

SIGTERM, SIGINT and SIGHUP drain: no new connections, open answers may finish. Another one, more
than a second later, exits at once.

Settings, as a flag or as an environment variable; the flag wins:
${describeSettings()}
`,
  async run(words, { environment, send }) {
    const reading = readConfig(environment, words);
    if ("problems" in reading) return refused(reading.problems);
    const { config, warnings } = reading;
    startAgainWith({ [REQUEST_LIMIT]: String(config.maxUpstreamRequests) });
    const log = createLog(config);
    for (const warning of warnings) log.info(warning);
    const server = startServer(config, send, log);
    log.info(startLine(server.url, config, environment, findOpenFilesLimit()));
    return stopOnSignal(async () => {
      log.info("draining");
      await server.drain();
      // Not awaited: whoever reads the log must not keep the program from its end.
      void log.flush();
    });
  },
};
