import { findChromium } from "./harness/chromium.ts";
import { runCommand } from "../packaging/command.ts";

// Installs what the tests run that is no package of npm's: nothing is left to do by hand on a new machine.
const names = [
  ...(findChromium() === undefined ? ["chromium"] : []),
  ...(Bun.which("systemd-analyze") === null ? ["systemd"] : []),
];
if (names.length > 0) {
  const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...names];
  if (process.getuid?.() !== 0 || Bun.which("apt-get") === null) {
    throw new Error(`The tests need what this would install: sudo ${install.join(" ")}`);
  }
  console.log(install.join(" "));
  await runCommand(["apt-get", "update", "--quiet"]);
  await runCommand(["env", "DEBIAN_FRONTEND=noninteractive", ...install]);
}
