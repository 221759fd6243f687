import { expect, test } from "bun:test";
import { createSupervisor } from "./supervisor.ts";
import type { WorkerProcess } from "./worker-process.ts";

test("a start is over when all workers listen", async () => {
  const { supervisor, launched } = supervise(2);
  const started = supervisor.start();
  expect(launched).toHaveLength(2);
  for (const worker of launched) worker.listen();
  expect(await started).toBeUndefined();
});

test("a worker that ends before it listens stops the start, and the others are killed", async () => {
  const { supervisor, launched } = supervise(2);
  const started = supervisor.start();
  launched[0]?.end("with exit code 1");
  launched[1]?.listen();
  expect(await started).toBe("a worker ended with exit code 1 before it listened");
  expect(launched[1]?.told).toEqual(["kill"]);
});

test("the pause before another worker doubles while workers die at once", async () => {
  const { supervisor, launched, lines, nextLaunch } = supervise(1);
  const started = supervisor.start();
  launched[0]?.listen();
  await started;
  for (let death = 0; death < 3; death += 1) {
    const next = nextLaunch();
    launched.at(-1)?.end("by SIGABRT");
    await next;
  }
  expect(lines.map((line) => line.replace(/^.* starts /, ""))).toEqual([
    "in 100 ms",
    "in 200 ms",
    "in 400 ms",
  ]);
  const draining = supervisor.drain(1000);
  launched.at(-1)?.end("with exit code 0");
  await draining;
});

test("old workers retire once all new ones listen, and not before", async () => {
  const { supervisor, launched } = supervise(2);
  const started = supervisor.start();
  for (const worker of launched) worker.listen();
  await started;
  const old = [...launched];
  const replaced = supervisor.replace();
  launched[2]?.listen();
  await Promise.resolve();
  expect(old.flatMap(({ told }) => told)).toEqual([]);
  launched[3]?.listen();
  await replaced;
  expect(old.flatMap(({ told }) => told)).toEqual(["retire", "retire"]);
});

test("where new workers do not come to listen, the old ones go on", async () => {
  const { supervisor, launched, lines } = supervise(1);
  const started = supervisor.start();
  launched[0]?.listen();
  await started;
  const replaced = supervisor.replace();
  launched[1]?.end("with exit code 2");
  await replaced;
  expect(launched[0]?.told).toEqual([]);
  expect(lines).toEqual([
    "restart 1 of the workers failed: a worker ended with exit code 2 before it listened; the old ones go on",
  ]);
});

test("a drain stops all, replaces none, and kills what is left at its limit", async () => {
  const { supervisor, launched } = supervise(2);
  const started = supervisor.start();
  for (const worker of launched) worker.listen();
  await started;
  const draining = supervisor.drain(1);
  launched[0]?.end("with exit code 0");
  await draining;
  expect(launched.map(({ told }) => told)).toEqual([["stop"], ["stop", "kill"]]);
});

/** A supervisor of workers that do what a test says; one that is killed ends. */
function supervise(count: number) {
  const launched: ReturnType<typeof createWorker>[] = [];
  const lines: string[] = [];
  let onLaunch: (() => void) | undefined;
  const supervisor = createSupervisor({
    count,
    launch() {
      const worker = createWorker(launched.length + 1);
      launched.push(worker);
      onLaunch?.();
      return worker;
    },
    log: { info: () => {}, error: (line) => void lines.push(line) },
  });
  const nextLaunch = () => new Promise<void>((resolve) => (onLaunch = resolve));
  return { supervisor, launched, lines, nextLaunch };
}

function createWorker(pid: number) {
  const listening = Promise.withResolvers<string | undefined>();
  const ended = Promise.withResolvers<string>();
  const told: string[] = [];
  function end(how: string): void {
    listening.resolve(how);
    ended.resolve(how);
  }
  const worker: WorkerProcess = {
    pid,
    listening: listening.promise,
    ended: ended.promise,
    save: async () => undefined,
    retire: () => void told.push("retire"),
    stop: () => void told.push("stop"),
    kill() {
      told.push("kill");
      end("by SIGKILL");
    },
  };
  return { ...worker, told, end, listen: () => listening.resolve(undefined) };
}
