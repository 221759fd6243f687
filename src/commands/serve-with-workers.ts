import packageJson from "../../package.json" with { type: "json" };
import type { Config } from "../config/config.ts";
import { createLog } from "../observe/log.ts";
import { findOpenFilesLimit } from "../server/open-files.ts";
import { warnOfResets } from "../server/migrate-requests.ts";
import { startParent } from "../server/workers/parent.ts";
import { type Ending, refused } from "./command.ts";
import { tellServiceManager } from "./service-manager.ts";
import { stopOnSignal } from "./signals.ts";
import { programWords } from "./start-again.ts";
import { startLine } from "./start-line.ts";

/** What several processes are started with. */
export interface WithWorkers {
  config: Config;
  count: number;
  environment: Record<string, string | undefined>;
  warnings: string[];
}

/**
 * Serves with so many workers, until a signal drains them all. SIGUSR2 replaces them. Ends at once
 * where a worker does not come to listen.
 */
export async function serveWithWorkers(asked: WithWorkers): Promise<Ending> {
  const { config, count, environment, warnings } = asked;
  const output = Bun.stdout.writer();
  // Where there is no terminal, Bun has no `isTTY`.
  const isColored = process.stdout.isTTY ? !environment["NO_COLOR"] : false;
  const log = createLog({ ...config, isColored, version: packageJson.version }, output);
  for (const warning of warnings) log.warn(warning);
  const words = programWords();
  const parent = await startParent({ config, count, environment, words, log, output, isColored });
  if ("problem" in parent) return refused([parent.problem]);
  process.on("SIGUSR2", () => void parent.replace());
  // Each of them may have so many.
  const mostFiles = findOpenFilesLimit() * count;
  const line = startLine(parent.url, config, environment, mostFiles);
  log.info(`${line}; workers: ${count}`);
  tellServiceManager(environment, log);
  return stopOnSignal(async () => {
    log.info("draining");
    if (config.sharePort) await warnOfResets(log);
    await parent.drain();
    void log.flush();
  });
}
