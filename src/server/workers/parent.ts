import type { Config } from "../../config/config.ts";
import type { Capture } from "../../observe/capture.ts";
import type { LineOutput } from "../../observe/line-writer.ts";
import type { Log } from "../../observe/log.ts";
import { serveMetrics } from "../metrics-server.ts";
import { createObservers } from "../observers.ts";
import { createLife } from "../server.ts";
import { assign } from "./assignment.ts";
import { warnOfResets } from "../migrate-requests.ts";
import { serveParentPages } from "./parent-pages.ts";
import { createRecordMirror, type RecordMirror } from "./record-mirror.ts";
import { reservePort } from "./reserve-port.ts";
import { createSupervisor } from "./supervisor.ts";
import { addUsages, measureUsage, type Usage } from "./usage.ts";
import { relayLines } from "./worker-output.ts";
import { startWorkerProcess, type WorkerProcess } from "./worker-process.ts";

/** What a parent is made with. */
export interface ParentSettings {
  config: Config;
  count: number;
  environment: Record<string, string | undefined>;
  /** How a worker is started: the program and its arguments. */
  words: string[];
  log: Log;
  /** Where the log goes, for the workers' lines. */
  output: LineOutput;
  isColored: boolean;
}

/** A parent whose workers listen. */
export interface RunningParent {
  /** Where they listen, such as `http://127.0.0.1:3000`. */
  url: string;
  /** New workers take the port while the old ones finish. */
  replace(): Promise<void>;
  /** All workers drain; resolves when none is left. */
  drain(): Promise<void>;
}

/** A worker that takes so much longer than its own limits has come to a halt. */
const GRACE_MS = 10_000;

/** How long the last lines may take: whoever reads the log must not keep the program from its end. */
const LAST_LINES_MS = 1000;

/**
 * Starts workers on one port, and watches them; a sentence where a worker does not come to listen.
 * Throws where the port is taken.
 */
export async function startParent(
  settings: ParentSettings,
): Promise<RunningParent | { problem: string }> {
  const { config, log, output, count } = settings;
  const port = await reservePort(config);
  const life = createLife(config);
  const usages = new Map<WorkerProcess, Usage>();
  let pastSeconds = 0;
  /** What all processes use together; what dead ones have used stays counted. */
  function readUsage(): Usage {
    const sum = addUsages([measureUsage(), ...usages.values()]);
    return { ...sum, cpuSeconds: sum.cpuSeconds + pastSeconds };
  }
  // To capture is the workers' part: they have the bodies.
  const { capture, ...watched } = config;
  const mirrors = new Map<WorkerProcess, RecordMirror>();
  const observers = await createObservers({
    config: watched,
    environment: settings.environment,
    log,
    life,
    readUsage,
    ...(capture !== undefined && { save: createSave(mirrors) }),
  });
  const metricsServer = serveMetrics(config, observers);
  const sinks = observers.watchers.sinks.filter((sink) => sink !== log);
  const pages = serveParentPages(observers);
  const environment = assign(settings.environment, {
    count,
    host: config.host,
    port,
    socket: pages.socket,
    token: pages.token,
    logFormat: config.logFormat ?? (process.stdout.isTTY ? "pretty" : "json"),
    isColored: settings.isColored,
  });
  const relays = new Set<Promise<void>>();
  let url = "";

  function launch(): WorkerProcess {
    const mirror = createRecordMirror(sinks, log);
    let isGone = false;
    const worker = startWorkerProcess({
      words: settings.words,
      environment,
      onMessage(message) {
        if (message.kind === "listening") ({ url } = message);
        if (message.kind !== "records") return;
        mirror.take(message);
        // What was on its way when the worker ended comes late.
        if (!isGone) usages.set(worker, message.usage);
      },
      onOutput(from) {
        const relay = relayLines(from, output).finally(() => relays.delete(relay));
        relays.add(relay);
      },
    });
    mirrors.set(worker, mirror);
    void worker.ended.then((how) => {
      isGone = true;
      mirrors.delete(worker);
      mirror.end(`the worker ended ${how}`);
      pastSeconds += usages.get(worker)?.cpuSeconds ?? 0;
      usages.delete(worker);
    });
    return worker;
  }
  const supervisor = createSupervisor({ count, launch, log });
  /** Once no worker is left. */
  async function close(): Promise<void> {
    observers.page?.close();
    await Promise.race([Promise.all(relays), Bun.sleep(LAST_LINES_MS)]);
    await metricsServer?.stop();
    await pages.stop();
    await observers.close();
  }
  const problem = await supervisor.start();
  if (problem !== undefined) {
    await close();
    return { problem };
  }
  return {
    url,
    async replace() {
      await warnOfResets(log);
      await supervisor.replace();
    },
    async drain() {
      life.isDraining = true;
      // Where the port is shared, they may listen for as long as they may then drain.
      const drainsMs = config.drainTimeoutMs * (config.sharePort ? 2 : 1);
      await supervisor.drain(config.drainDelayMs + drainsMs + GRACE_MS);
      await close();
    },
  };
}

/** An exchange is saved as a recording by the worker that has it, if that still runs. */
function createSave(mirrors: ReadonlyMap<WorkerProcess, RecordMirror>): Capture["save"] {
  return async (record) => {
    for (const [worker, mirror] of mirrors) {
      const n = mirror.numberOf(record);
      if (n !== undefined) return worker.save(n);
    }
    return undefined;
  };
}
