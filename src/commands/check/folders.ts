import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import { type Finding, well, wrong } from "./finding.ts";

/** Whether what the settings want to be written can be; nothing is made. */
export function checkFolders({ history, capture }: Config): Finding[] {
  const findings: Finding[] = [];
  // The file must lie in a folder that exists; folders for captures are made.
  if (history !== undefined) {
    const isThere = existsSync(history);
    const isFolder = isThere && statSync(history).isDirectory();
    findings.push(
      isFolder
        ? wrong("settings", `HISTORY is "${history}": that is a folder, and has to be a file`)
        : writable("HISTORY", history, isThere ? history : dirname(history), !isThere),
    );
  }
  if (capture !== undefined) findings.push(writable("CAPTURE", capture, nearestOf(capture)));
  return findings;
}

function writable(name: string, path: string, place: string, isFolder = true): Finding {
  try {
    // Throws where it is a file.
    if (isFolder) readdirSync(place);
    accessSync(place, constants.W_OK);
    return well(`${name} ${path} can be written`);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return wrong(
      "settings",
      `${name} is "${path}": ${resolve(place)} cannot be written to (${code})`,
    );
  }
}

/** The folder itself, or the nearest above it that exists. */
function nearestOf(path: string): string {
  const whole = resolve(path);
  return existsSync(whole) ? whole : nearestOf(dirname(whole));
}
