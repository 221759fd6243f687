import { type FromWorker, isFromWorker, type ToWorker } from "./messages.ts";

/** A worker as its parent sees it. */
export interface WorkerProcess {
  pid: number;
  /** Resolves when it listens; with how it ended where it ended before. */
  listening: Promise<string | undefined>;
  /** Resolves when it is gone, with how it ended, such as `by SIGKILL`. */
  ended: Promise<string>;
  /** It saves its exchange `n` as a recording; resolves to the path, or to undefined where it cannot. */
  save(n: number): Promise<string | undefined>;
  /** Others have its place: it leads its clients there, and finishes what is open. */
  retire(): void;
  /** It drains as at SIGTERM, or stops listening at once where it retires. */
  stop(): void;
  kill(): void;
}

/** What a worker is started with. */
export interface WorkerStart {
  words: string[];
  environment: Record<string, string | undefined>;
  onMessage(message: FromWorker): void;
  /** Takes what it writes to standard output. */
  onOutput(output: ReadableStream<Uint8Array>): void;
}

/** Starts a worker. One whose program is gone ends at once: the others must go on. */
export function startWorkerProcess(start: WorkerStart): WorkerProcess {
  try {
    return spawnWorker(start);
  } catch (error) {
    return neverStarted(error instanceof Error ? error.message : String(error));
  }
}

function neverStarted(reason: string): WorkerProcess {
  const how = `at its start (${reason})`;
  const end = Promise.resolve(how);
  return {
    pid: 0,
    listening: end,
    ended: end,
    save: () => Promise.resolve(undefined),
    retire: doNothing,
    stop: doNothing,
    kill: doNothing,
  };
}

function doNothing(): void {}

function spawnWorker(start: WorkerStart): WorkerProcess {
  const listening = Promise.withResolvers<string | undefined>();
  const saving = new Map<number, PromiseWithResolvers<string | undefined>>();
  let isLeaving = false;
  const child = Bun.spawn(start.words, {
    env: start.environment,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    serialization: "json",
    ipc(message: unknown) {
      if (!isFromWorker(message)) return;
      if (message.kind === "listening") listening.resolve(undefined);
      if (message.kind === "saved") saving.get(message.n)?.resolve(message.path);
      start.onMessage(message);
      if (message.kind === "done") tell({ kind: "go" });
    },
  });
  start.onOutput(child.stdout);

  function tell(message: ToWorker): void {
    // A worker that has just died cannot be told.
    if (child.exitCode === null && child.signalCode === null) child.send(message);
  }
  const ended = child.exited.then(() => {
    const { signalCode, exitCode } = child;
    const how = signalCode === null ? `with exit code ${exitCode}` : `by ${signalCode}`;
    listening.resolve(how);
    return how;
  });
  return {
    pid: child.pid,
    listening: listening.promise,
    ended,
    save(n) {
      const saved = saving.get(n) ?? Promise.withResolvers<string | undefined>();
      saving.set(n, saved);
      void saved.promise.then(() => saving.delete(n));
      tell({ kind: "save", n });
      return Promise.race([saved.promise, ended.then(() => undefined)]);
    },
    retire() {
      isLeaving = true;
      tell({ kind: "retire" });
    },
    stop() {
      // A second signal would end it at once.
      if (isLeaving) tell({ kind: "hurry" });
      else child.kill("SIGTERM");
      isLeaving = true;
    },
    kill: () => child.kill("SIGKILL"),
  };
}
