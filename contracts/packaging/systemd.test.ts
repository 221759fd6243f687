import { beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { runCommand } from "../../packaging/command.ts";
import { buildBinary } from "../harness/candor-binary.ts";

// By Debian's systemd-analyze; it reads the unit, and starts nothing.
const PROJECT = new URL("../..", import.meta.url).pathname;
const UNIT = `${PROJECT}packaging/systemd/candor.service`;

beforeAll(buildBinary, 60_000);
beforeAll(() => {
  if (Bun.which("systemd-analyze") === null) {
    throw new Error("This contract needs systemd-analyze, of the package systemd.");
  }
});

/** What a line of the unit sets; the last one where there are several. */
function setting(name: string): string | undefined {
  const lines = readFileSync(UNIT, "utf8").split("\n");
  return lines.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

test("systemd finds no flaw in the unit", async () => {
  const folder = mkdtempSync(`${tmpdir()}/candor-systemd-`);
  try {
    // systemd looks whether the program is there.
    const text = readFileSync(UNIT, "utf8");
    const unit = text.replaceAll("/usr/local/bin/candor", `${PROJECT}dist/candor`);
    await Bun.write(`${folder}/candor.service`, unit);
    await runCommand(["systemd-analyze", "verify", "--man=no", `${folder}/candor.service`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("systemd rates what the service could do to the system as 1.5 of 10, or less", async () => {
  await runCommand(["systemd-analyze", "security", "--offline=true", "--threshold=15", UNIT]);
});

test("systemd waits longer than Candor drains", () => {
  const drainMs = Number(/=DRAIN_TIMEOUT_MS=(\d+)$/m.exec(readFileSync(UNIT, "utf8"))?.[1]);
  expect(drainMs).toBeGreaterThan(0);
  // Twice with SHARE_PORT.
  expect(Number(setting("TimeoutStopSec")) * 1000).toBeGreaterThan(2 * drainMs + 10_000);
});

test("the unit is ready once Candor says so, and a reload is the signal for new workers", () => {
  expect(setting("Type")).toBe("notify");
  // It is systemd-notify that says it, a process of its own.
  expect(setting("NotifyAccess")).toBe("all");
  expect(setting("ExecReload")).toBe("/bin/kill -USR2 $MAINPID");
});

test("the sysctl file sets what a restart asks for", async () => {
  const text = await Bun.file(`${PROJECT}packaging/systemd/candor-sysctl.conf`).text();
  expect(text.match(/^[^#\n].*$/gm)).toEqual(["net.ipv4.tcp_migrate_req = 1"]);
});

test("at a stop only the first process gets the signal, which tells its workers", () => {
  expect(setting("KillMode")).toBe("mixed");
  expect(setting("Restart")).toBe("on-failure");
  expect(setting("LimitNOFILE")).toBe("65536");
});
