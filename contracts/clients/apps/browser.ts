import { join } from "node:path";

/** As much of Playwright as a chat needs. */
interface Page {
  addInitScript: (script: (value: string) => void, value: string) => Promise<void>;
  goto: (url: string, options: { waitUntil: "domcontentloaded" }) => Promise<unknown>;
  waitForSelector: (selector: string, options: { timeout: number }) => Promise<unknown>;
  click: (selector: string) => Promise<void>;
  keyboard: { type: (text: string) => Promise<void>; press: (key: string) => Promise<void> };
  innerText: (selector: string) => Promise<string>;
  url: () => string;
}

interface Playwright {
  chromium: {
    launch: (options: { executablePath: string; args: string[] }) => Promise<{
      newPage: () => Promise<Page>;
    }>;
  };
}

/** The version of Playwright that is installed: without a browser, Chromium is there already. */
export const PLAYWRIGHT = "1.65.1";

/** Opens an empty page in Chromium, without a window. */
export async function openPage(folder: string): Promise<Page> {
  const path = join(folder, "playwright/node_modules/playwright-core/index.mjs");
  const playwright: Playwright = await import(path);
  const browser = await playwright.chromium.launch({
    executablePath: Bun.which("chromium") ?? "chromium",
    // Chromium refuses its sandbox to root.
    args: ["--no-sandbox", "--disable-gpu"],
  });
  return browser.newPage();
}

export type { Page };
