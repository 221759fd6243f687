import packageJson from "../../package.json" with { type: "json" };
import { readConfig } from "../config/config.ts";
import { describeSettings } from "../config/help.ts";
import { SETTING_FLAGS } from "../config/setting-flags.ts";
import { createLog } from "../observe/log.ts";
import { readTelemetrySettings } from "../observe/telemetry/telemetry-settings.ts";
import { findOpenFilesLimit } from "../server/open-files.ts";
import { createObservers } from "../server/observers.ts";
import { createLife, startServer } from "../server/server.ts";
import { keepWarm } from "../server/warm.ts";
import { readAssignment } from "../server/workers/assignment.ts";
import { warnOfResets } from "../server/migrate-requests.ts";
import { countWorkers, shareLimits } from "../server/workers/worker-count.ts";
import { type Command, refused } from "./command.ts";
import { outgoingProxy } from "./outgoing-proxy.ts";
import { serveAsWorker } from "./serve-as-worker.ts";
import { serveWithWorkers } from "./serve-with-workers.ts";
import { tellServiceManager } from "./service-manager.ts";
import { stopOnSignal } from "./signals.ts";
import { startAgainWith } from "./start-again.ts";
import { startLine } from "./start-line.ts";

/** Bun's own limit of requests at once, read when it starts; beyond it they wait unseen. */
const REQUEST_LIMIT = "BUN_CONFIG_MAX_HTTP_REQUESTS";

/** Whether `fetch` offers HTTP/2 over TLS, beside HTTP/1.1; read when Bun starts as well. */
const HTTP2_CLIENT = "BUN_FEATURE_FLAG_EXPERIMENTAL_HTTP2_CLIENT";

/** Starts the proxy, and serves until it is told to stop. */
export const serve: Command = {
  name: "serve",
  summary: "start the proxy; the same as candor without a command",
  flags: SETTING_FLAGS,
  help: `Starts the proxy.

Usage:
  candor [serve] [settings]

SIGTERM, SIGINT and SIGHUP drain: no new connections, open answers may finish. Another one, more
than a second later, exits at once. With WORKERS, SIGUSR2 starts new workers, which take the port
while the old ones drain. With SHARE_PORT a whole new Candor does: start it, then stop the old one.

Settings, as a flag or as an environment variable; the flag wins:
${describeSettings()}
`,
  async run(words, { environment, send }) {
    const reading = readConfig(environment, words);
    if ("problems" in reading) return refused(reading.problems);
    const { config, warnings } = reading;
    const telemetry = readTelemetrySettings(environment);
    if ("problems" in telemetry) return refused(telemetry.problems);
    startAgainWith({
      [REQUEST_LIMIT]: String(config.maxUpstreamRequests),
      [HTTP2_CLIENT]: config.upstreamHttp2 ? "1" : "",
    });
    const assignment = readAssignment(environment);
    if (assignment !== undefined) {
      const share = shareLimits(config, assignment.count);
      const { settings } = telemetry;
      return serveAsWorker({ config: share, assignment, environment, telemetry: settings, send });
    }
    const workers = countWorkers(config);
    if ("problem" in workers) return refused([workers.problem]);
    const { count } = workers;
    if (count > 1) return serveWithWorkers({ config, count, environment, warnings });
    const log = createLog({ ...config, version: packageJson.version });
    for (const warning of warnings) log.warn(warning);
    const life = createLife(config);
    const observers = await createObservers({
      config,
      environment,
      log,
      life,
      telemetry: telemetry.settings,
    });
    const server = startServer(config, send, log, { observers, life });
    // Through an outgoing proxy another connection would be needed.
    const isDirect = outgoingProxy(config.openrouterBaseUrl, environment) === undefined;
    if (isDirect) keepWarm(config.openrouterBaseUrl);
    process.on("SIGUSR2", () => log.warn("SIGUSR2 replaces workers: WORKERS is 1"));
    log.info(startLine(server.url, config, environment, findOpenFilesLimit()));
    tellServiceManager(environment, log);
    return stopOnSignal(async () => {
      log.info("draining");
      if (config.sharePort) await warnOfResets(log);
      await server.drain();
      // Not awaited: whoever reads the log must not keep the program from its end.
      void log.flush();
    });
  },
};
