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
  expect(Number(setting("TimeoutStopSec")) * 1000).toBeGreaterThan(drainMs + 5000);
});

test("at a stop only the first process gets the signal, which tells its workers", () => {
  expect(setting("KillMode")).toBe("mixed");
  expect(setting("Restart")).toBe("on-failure");
  expect(setting("LimitNOFILE")).toBe("65536");
});
