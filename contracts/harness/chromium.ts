import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian, Ubuntu and Google's own package put Chromium, and where it may be named otherwise. */
const PLACES = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The path of this machine's Chromium, if it has one. */
export function findChromium(): string | undefined {
  return PLACES.find((place) => place !== undefined && existsSync(place));
}

/** Starts Chromium without a window; throws where there is none. */
export function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      "Chromium is missing: `apt-get install chromium`, or name its path in CHROMIUM.",
    );
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}
