import { existsSync, mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { runCommand } from "../command.ts";
import { runScript } from "../script.ts";

const HELP = `Usage: bun run container [--help]

Builds the image of packaging/container/Dockerfile with Podman and tries it: as its user, without any
right, with a root that cannot be written to. No registry of images is needed: the images that the
Dockerfile begins with are made of Debian's packages (debootstrap) and of this machine's Bun.

Needs Linux, root, and Debian's packages podman, buildah, runc and debootstrap. About two minutes at
first, then 20 seconds.

  --help   print this, and do nothing else`;

const ROOT = new URL("../..", import.meta.url).pathname;
const FOLDER = `${ROOT}dist/container`;
const IMAGE = "localhost/candor-try";
/** What the Dockerfile begins with, by the names that it has there. */
const DEBIAN = "docker.io/library/debian:12-slim";
const BUN = "docker.io/oven/bun:1.4.5";
/** runc also runs where control groups of both versions are mounted. */
const PODMAN = ["podman", "--runtime=runc"];
/** What Podman asks for by default is more than a machine may grant. */
const LIMITS = ["--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096"];
const CALLER_KEY = "a-caller-key-that-is-made-up";

await runScript("container", async () => {
  const options = { help: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: Bun.argv.slice(2), options });
  if (values.help === true) console.log(HELP);
  else await tryContainer();
});

async function tryContainer(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await makeBaseImages();
  say("built", await buildImage());
  await refusesWithoutCallerKeys();
  await runsReadOnly();
}

async function makeBaseImages(): Promise<void> {
  const root = `${FOLDER}/debian`;
  if (!existsSync(`${root}.tar`)) {
    rmSync(root, { recursive: true, force: true });
    await runCommand(["debootstrap", "--variant=minbase", "bookworm", root]);
    await runCommand(["tar", "-C", root, "-cf", `${root}.tar`, "."]);
    rmSync(root, { recursive: true });
  }
  await podman("import", `${root}.tar`, DEBIAN);
  const container = (await runCommand(["buildah", "from", "--pull-never", DEBIAN])).trim();
  await runCommand(["buildah", "copy", container, process.execPath, "/usr/local/bin/bun"]);
  await runCommand(["buildah", "commit", "--rm", container, BUN]);
}

async function buildImage(): Promise<string> {
  const cache = (await runCommand([process.execPath, "pm", "cache"])).trim();
  // What was downloaded before is not downloaded again.
  const packages = `--volume=${cache}:/root/.bun/install/cache:O`;
  const file = `--file=${ROOT}packaging/container/Dockerfile`;
  const ignore = `--ignorefile=${ROOT}packaging/container/Dockerfile.dockerignore`;
  const options = ["--pull=never", "--network=host", "--format=docker", packages, file, ignore];
  await podman("build", ...options, ...LIMITS, `--tag=${IMAGE}`, ROOT);
  return podman("image", "inspect", "--format={{.Size}} bytes, user {{.User}}", IMAGE);
}

async function refusesWithoutCallerKeys(): Promise<void> {
  const key = "--env=OPENROUTER_API_KEY=made-up";
  const run = Bun.spawnSync([...PODMAN, "run", "--rm", "--network=host", ...LIMITS, key, IMAGE]);
  if (run.exitCode === 0)
    throw new Error("It starts with a key, on all addresses, without PROXY_API_KEYS.");
  say("refuses to start without PROXY_API_KEYS", lastLine(run.stderr));
}

async function runsReadOnly(): Promise<void> {
  const keys = ["--env=OPENROUTER_API_KEY=made-up", `--env=PROXY_API_KEYS=${CALLER_KEY}`];
  const rights = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all"];
  const others = ["--security-opt=no-new-privileges", "--network=host", "--env=PORT=39871"];
  const id = await podman("run", "--detach", ...rights, ...others, ...LIMITS, ...keys, IMAGE);
  try {
    await untilReady();
    say("runs as", await podman("top", id, "user", "capeff", "args"));
    // What the image's HEALTHCHECK does.
    const health = Bun.spawnSync([...PODMAN, "healthcheck", "run", id]);
    say("health check", health.exitCode === 0 ? "healthy" : "FAILED");
    if (health.exitCode !== 0) process.exitCode = 1;
    say("its root is read-only", await writeFails(id));
    const startedAt = performance.now();
    await podman("stop", "--time=10", id);
    say("stops in", `${Math.round(performance.now() - startedAt)} ms`);
    say("exit code", await podman("inspect", "--format={{.State.ExitCode}}", id));
  } finally {
    await podman("rm", "--force", id);
  }
}

async function writeFails(id: string): Promise<string> {
  const run = Bun.spawnSync(["podman", "exec", id, "touch", "/usr/local/bin/x"]);
  if (run.exitCode === 0) throw new Error("Its root can be written to.");
  return lastLine(run.stderr);
}

/** The program's own; Podman's warnings stand before it. */
function lastLine(output: Buffer): string {
  return output.toString().trim().split("\n").at(-1) ?? "";
}

async function untilReady(): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 100) {
    const isReady = await fetch("http://127.0.0.1:39871/readyz").then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await Bun.sleep(100);
  }
  throw new Error("The container is not ready after 10 s.");
}

async function podman(...words: string[]): Promise<string> {
  return (await runCommand([...PODMAN, ...words])).trim();
}

function say(what: string, how: string): void {
  console.log(`${what}: ${how.trim()}`);
}
