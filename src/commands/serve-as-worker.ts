import packageJson from "../../package.json" with { type: "json" };
import { createLog } from "../observe/log.ts";
import { keepWarm } from "../server/warm.ts";
import { startWorker, type WorkerSettings } from "../server/workers/worker.ts";
import { outgoingProxy } from "./outgoing-proxy.ts";
import { stopOnSignal } from "./signals.ts";

/** Serves as one of several processes, until a signal or the parent ends it. */
export async function serveAsWorker(settings: Omit<WorkerSettings, "log">): Promise<never> {
  const { config, assignment, environment } = settings;
  const { logFormat, isColored } = assignment;
  const { logLevel } = config;
  const log = createLog({ logLevel, logFormat, isColored, version: packageJson.version });
  const worker = await startWorker({ ...settings, log });
  // Through an outgoing proxy another connection would be needed.
  const isDirect = outgoingProxy(config.openrouterBaseUrl, environment) === undefined;
  if (isDirect) keepWarm(config.openrouterBaseUrl);
  let isStopping = false;
  async function stop(): Promise<void> {
    isStopping = true;
    await worker.drain();
    void log.flush();
  }
  void worker.dismissed.then(() => {
    if (!isStopping) process.kill(process.pid, "SIGTERM");
  });
  // A parent that drains goes before its workers only where a second signal ends it at once.
  void worker.orphaned.then(() => {
    if (isStopping) process.exit(1);
  });
  return stopOnSignal(stop);
}
