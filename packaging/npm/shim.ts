import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { programFile, targetsOf } from "../targets.ts";
import { PACKAGE_NAME, platformPackageName } from "./package-names.ts";

// What npm links as the command: it finds the program that was installed for this machine, and is
// to the outside what the program is. It runs on Node and Bun, and needs no script at installation.

/** Names a program to be run in place of the installed one. */
const PROGRAM_VARIABLE = "CANDOR_BINARY";

/** Sent to this process alone, by a service manager say, so the program has to be told. */
const FORWARDED = ["SIGTERM", "SIGHUP"] as const;

const program = process.env[PROGRAM_VARIABLE] ?? findProgram();
if (program === undefined) {
  console.error(explainMissing());
  process.exit(1);
}
run(program);

function findProgram(): string | undefined {
  const { resolve } = createRequire(import.meta.url);
  for (const target of targetsOf(process.platform, process.arch, existsSync)) {
    try {
      return resolve(`${platformPackageName(target)}/${programFile(target)}`);
    } catch {
      // Not installed; there may be one for the machine's other C library.
    }
  }
  return undefined;
}

function explainMissing(): string {
  const [target] = targetsOf(process.platform, process.arch, existsSync);
  const machine = `${process.platform} ${process.arch}`;
  if (target === undefined) {
    return `${PACKAGE_NAME}: there is no program for this machine (${machine}). Build it from the source, and set ${PROGRAM_VARIABLE} to its path.`;
  }
  return `${PACKAGE_NAME}: the package ${platformPackageName(target)}, which has the program for this machine (${machine}), is not installed. Install ${PACKAGE_NAME} again, with optional dependencies (npm: no --omit=optional), or set ${PROGRAM_VARIABLE} to the path of a program.`;
}

function run(path: string): void {
  const child = spawn(path, process.argv.slice(2), { stdio: "inherit" });
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  // A terminal sends it to both.
  process.on("SIGINT", () => {
    if (process.stdin.isTTY !== true) child.kill("SIGINT");
  });
  child.on("error", (error) => {
    console.error(`${PACKAGE_NAME}: ${path} cannot be started (${error.message}).`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    // As a shell tells of a program that a signal ended.
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}
