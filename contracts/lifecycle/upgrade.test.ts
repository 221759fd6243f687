import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, copyFile, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY, buildBinary, runBinary, startBinary } from "../harness/candor-binary.ts";

setDefaultTimeout(30_000);

beforeAll(buildBinary, 60_000);

test("new workers run the program that lies there by then, and the parent goes on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "candor-"));
  const program = join(folder, "candor");
  await copyFile(BINARY, program);
  await using candor = await startBinary({ program, flags: ["--workers", "2"] });
  expect(await originAllowed(candor.url)).toBeNull();
  // As an upgrade does it: a running program cannot be written to, but its name can be given away.
  const next = join(folder, "candor.new");
  await Bun.write(
    next,
    `#!/bin/sh\nexec '${BINARY}' "$@" --cors-origins https://upgraded.example\n`,
  );
  await chmod(next, 0o755);
  await rename(next, program);
  candor.signal("SIGUSR2");
  await candor.outputUpTo("restart 1 of the workers: 2 new ones listen");
  while ((await originAllowed(candor.url)) === null);
  candor.signal("SIGTERM");
  expect(await candor.exited).toBe(0);
  await rm(folder, { recursive: true });
});

test("a program that does not start leaves the old workers where they are", async () => {
  const folder = await mkdtemp(join(tmpdir(), "candor-"));
  const program = join(folder, "candor");
  await copyFile(BINARY, program);
  await using candor = await startBinary({ program, flags: ["--workers", "2"] });
  const next = join(folder, "candor.new");
  await Bun.write(next, "#!/bin/sh\nexit 3\n");
  await chmod(next, 0o755);
  await rename(next, program);
  candor.signal("SIGUSR2");
  await candor.outputUpTo("restart 1 of the workers failed: a worker ended with exit code 3");
  expect((await Bun.fetch(`${candor.url}/readyz`)).status).toBe(200);
  await rm(program);
  candor.signal("SIGUSR2");
  await candor.outputUpTo("restart 2 of the workers failed: a worker ended at its start (");
  expect((await Bun.fetch(`${candor.url}/readyz`)).status).toBe(200);
  await rm(folder, { recursive: true });
});

test("with SHARE_PORT a second Candor listens on the port; without, it is refused", async () => {
  await using candor = await startBinary({ environment: { SHARE_PORT: "true" } });
  const { port } = new URL(candor.url);
  const { code, output } = await runBinary({ environment: { PORT: port } });
  expect(code).toBe(2);
  expect(output).toContain("the port is taken");
  await using second = await startBinary({ environment: { PORT: port, SHARE_PORT: "true" } });
  expect(second.url).toBe(candor.url);
});

test("with SHARE_PORT a server that drains stays ready: others may have the port", async () => {
  const environment = { SHARE_PORT: "true", DRAIN_DELAY_MS: "500" };
  await using candor = await startBinary({ environment });
  candor.signal("SIGTERM");
  await candor.outputUpTo("draining");
  const { status, headers } = await Bun.fetch(`${candor.url}/readyz`);
  expect(status).toBe(200);
  expect(headers.get("connection")).toBe("close");
  expect(await candor.exited).toBe(0);
});

test.each(["1", "2"])(
  "systemd is told once it listens, with --workers %s, and nobody else is",
  async (workers) => {
    const folder = await mkdtemp(join(tmpdir(), "candor-"));
    await Bun.write(join(folder, "systemd-notify"), '#!/bin/sh\necho "told $*" >&2\n');
    await chmod(join(folder, "systemd-notify"), 0o755);
    const environment = { PATH: `${folder}:${process.env["PATH"]}` };
    const flags = ["--workers", workers];
    await using told = await startBinary({
      environment: { ...environment, NOTIFY_SOCKET: "/run/systemd/notify" },
      flags,
    });
    await told.outputUpTo("told --ready\n");
    await using untold = await startBinary({ environment, flags });
    for (const { signal, exited } of [told, untold]) {
      signal("SIGTERM");
      expect(await exited).toBe(0);
    }
    expect(told.output().match(/told /g)).toHaveLength(1);
    expect(untold.output()).not.toContain("told ");
    await rm(folder, { recursive: true });
  },
);

/** The origin that a worker's settings allow. */
async function originAllowed(url: string): Promise<string | null> {
  const headers = { origin: "https://upgraded.example" };
  const response = await Bun.fetch(`${url}/v1/models/count`, {
    method: "OPTIONS",
    headers: { ...headers, "access-control-request-method": "POST" },
    keepalive: false,
  });
  return response.headers.get("access-control-allow-origin");
}
