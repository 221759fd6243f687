import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { runCommand } from "../command.ts";
import { runScript } from "../script.ts";

const HELP = `Usage: bun run systemd [--help]

Boots a Debian with systemd in a folder (debootstrap, systemd-nspawn), installs Candor there with
packaging/systemd/candor.service, and tries the service: it starts with its rights taken away, comes
back after a kill, reloads, gives its port to a second one, and drains at a stop.

Needs Linux, root, and Debian's packages debootstrap and systemd-container. About two minutes at first,
then 20 seconds.

  --help   print this, and do nothing else`;

const ROOT = new URL("../..", import.meta.url).pathname;
/** Outside of the project, since whoever looks for its files would walk through all of it. */
const SYSTEM = `${tmpdir()}/candor-systemd`;
const PORT = 39873;
const WAIT_MS = 60_000;

await runScript("systemd", async () => {
  const options = { help: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: Bun.argv.slice(2), options });
  if (values.help === true) console.log(HELP);
  else await trySystemd();
});

async function trySystemd(): Promise<void> {
  await runCommand([process.execPath, "run", "build"], { cwd: ROOT });
  await makeSystem();
  await installCandor();
  const words = ["--register=no", "--keep-unit", "--boot"];
  await using machine = Bun.spawn(["systemd-nspawn", "--directory", SYSTEM, ...words], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  await untilAnswered(true);
  const init = (await runCommand(["pgrep", "--parent", String(machine.pid)])).trim();
  const inside = (...command: string[]) =>
    runCommand(["nsenter", `--target=${init}`, "-m", "-u", "-i", "-p", "-C", ...command]);
  const show = async (names: string, unit = "candor") =>
    (await inside("systemctl", "show", unit, `--property=${names}`)).trim().split("\n").join(" ");
  const processId = async () => (await show("MainPID")).slice("MainPID=".length);

  console.log(`started: ${await show("ActiveState,User,LimitNOFILE")}`);
  const status = await inside("cat", `/proc/${await processId()}/status`);
  console.log(`rights: ${status.match(/^(?:Uid|CapEff|NoNewPrivs|Seccomp):.*$/gm)?.join(", ")}`);
  await inside("systemctl", "kill", "--signal=KILL", "candor");
  await untilAnswered(false);
  await untilAnswered(true);
  // It answers a moment before systemd knows.
  await inside("systemctl", "start", "candor");
  console.log(`after a kill: ${await show("ActiveState,NRestarts")}`);
  await inside("systemctl", "reload", "candor");
  console.log(`after a reload: ${await show("ActiveState,NRestarts")}`);
  await inside("systemctl", "start", "candor@next");
  console.log(`a second one: ${await show("ActiveState,User", "candor@next")}`);
  await inside("systemctl", "stop", "candor");
  console.log(`after a stop: ${await show("ActiveState,Result,ExecMainStatus")}`);
  console.log(
    await inside("systemd-analyze", "security", "--threshold=15", "candor").then(lastLine),
  );
  await untilAnswered(true);
  await inside("systemctl", "stop", "candor@next");
  console.log(`the second one, stopped: ${await show("ActiveState,Result", "candor@next")}`);
}

async function makeSystem(): Promise<void> {
  // A reload needs /bin/kill.
  if (existsSync(`${SYSTEM}/etc/candor`) && existsSync(`${SYSTEM}/bin/kill`)) return;
  rmSync(SYSTEM, { recursive: true, force: true });
  const packages = "--include=systemd,systemd-sysv,dbus,procps";
  await runCommand(["debootstrap", "--variant=minbase", packages, "bookworm", SYSTEM]);
  // debootstrap leaves the machine's own mounted there.
  await runCommand(["umount", `${SYSTEM}/proc`]).catch(() => "");
  mkdirSync(`${SYSTEM}/etc/candor`, { mode: 0o700 });
}

async function installCandor(): Promise<void> {
  copyFileSync(`${ROOT}dist/candor`, `${SYSTEM}/usr/local/bin/candor`);
  const unit = `${SYSTEM}/etc/systemd/system/candor.service`;
  copyFileSync(`${ROOT}packaging/systemd/candor.service`, unit);
  copyFileSync(unit, unit.replace("candor.service", "candor@.service"));
  const settings = `PORT=${PORT}\nWORKERS=2\nSHARE_PORT=true\n`;
  await Bun.write(`${SYSTEM}/etc/candor/candor.conf`, settings);
  await Bun.write(`${SYSTEM}/etc/candor/openrouter-api-key`, "made-up");
  await runCommand(["chroot", SYSTEM, "systemctl", "enable", "candor"]);
}

/** Waits until the service answers, or no longer does; nothing tells of either. */
async function untilAnswered(isExpected: boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < WAIT_MS; waitedMs += 50) {
    const isAnswered = await fetch(`http://127.0.0.1:${PORT}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isAnswered === isExpected) return;
    await Bun.sleep(50);
  }
  throw new Error(
    `After ${WAIT_MS} ms Candor ${isExpected ? "does not answer" : "still answers"}.`,
  );
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
