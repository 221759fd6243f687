import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpackDebianPackages } from "../harness/debian-packages.ts";

/** A web server that runs in front of Candor; killed at the end of its scope. */
export interface Front extends AsyncDisposable {
  url: string;
}

/** Where things are, for a configuration that is about to be written. */
export interface Place {
  /** The port of 127.0.0.1 to listen on. */
  port: number;
  /** Of this run alone: for all that is written. */
  folder: string;
  /** Where Debian's packages lie. */
  debian: string;
}

/** What is started: a program of Debian's, by its path in the package, and its configuration. */
export interface FrontCommand {
  program: string;
  arguments: string[];
  scheme?: "http" | "https";
}

const READY_MS = 10_000;

/** Starts a web server with what `prepare` writes and names, and waits until it listens. */
export async function startFront(prepare: (place: Place) => Promise<FrontCommand>): Promise<Front> {
  const debian = await unpackDebianPackages();
  const folder = await mkdtemp(join(tmpdir(), "candor-behind-"));
  const port = freePort();
  const command = await prepare({ port, folder, debian });
  const child = Bun.spawn([`${debian}/${command.program}`, ...command.arguments], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      LD_LIBRARY_PATH: libraries(debian).join(":"),
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const said = child.stderr.text();
  const stop = async () => {
    // nginx's workers end with their master only where it may end them itself.
    child.kill("SIGTERM");
    await child.exited;
    await rm(folder, { recursive: true });
  };
  const isListening = await Promise.race([untilListening(port), child.exited.then(() => false)]);
  if (!isListening) {
    await stop();
    throw new Error(`${command.program} does not listen: ${await said}`);
  }
  return { url: `${command.scheme ?? "http"}://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}

/** The folders of shared libraries, whose names hold the machine's architecture. */
function libraries(debian: string): string[] {
  const folder = `${debian}/usr/lib`;
  return readdirSync(folder).flatMap((name) =>
    name.includes("-linux-gnu") ? [`${folder}/${name}`] : [],
  );
}

function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

async function untilListening(port: number): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    try {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
      socket.end();
      return true;
    } catch {
      // No event tells that another process listens.
      await Bun.sleep(20);
    }
  }
  return false;
}
