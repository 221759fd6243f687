import { createInterface } from "node:readline";
import { openPage, type Page } from "./browser.ts";
import { type OpenWebui, type SavedAnswer, signIn, startServer } from "./open-webui-server.ts";

// bun open-webui.ts FOLDER: reads `BASE_URL MODEL KIND` a line, asks by the page, prints a line.
const [folder = ""] = Bun.argv.slice(2);
const LOOK_EVERY_MS = 300;
const START_MS = 120_000;
const SHOWN_MS = 5000;

const server = await startServer(folder, process.env["HOME"] ?? "");
const webui = await signIn(server.address);
const page = await openPage(folder);
await page.addInitScript((token) => localStorage.setItem("token", token), webui.token);
for await (const line of createInterface({ input: process.stdin })) {
  const [baseUrl = "", model = ""] = line.split(" ");
  console.log(JSON.stringify(await ask(page, webui, baseUrl, model)));
}

async function ask(tab: Page, app: OpenWebui, baseUrl: string, model: string) {
  await app.connect(baseUrl, model);
  const address = `${app.address}/?models=${encodeURIComponent(model)}`;
  await tab.goto(address, { waitUntil: "domcontentloaded" });
  await tab.waitForSelector("#chat-input", { timeout: START_MS });
  await tab.click("#chat-input");
  await tab.keyboard.type("Hello");
  await tab.keyboard.press("Enter");
  const { content, error } = await savedAnswer(tab, app);
  const isTold = error !== undefined && error !== null && error !== false;
  const message = isTold ? textOf(error) : "";
  return {
    text: content,
    outcome: isTold ? "error" : "answer",
    class: isTold ? "error box" : null,
    status: null,
    message: (await isShown(tab, message)) ? message : "",
    crash: /TransferEncodingError|ClientPayloadError|Traceback|JSONDecodeError/.test(message),
  };
}

/** Whether the page shows these words, soon. */
async function isShown(tab: Page, words: string): Promise<boolean> {
  const wanted = plain(words).slice(0, 100);
  for (const end = performance.now() + SHOWN_MS; performance.now() < end;) {
    if (plain(await tab.innerText("body")).includes(wanted)) return true;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return false;
}

/** Without what a page changes: white space and marks. */
function plain(text: string): string {
  return text.replaceAll(/\W+/g, " ").trim();
}

/** Waits for the answer that the app has finished and saved. */
async function savedAnswer(tab: Page, app: OpenWebui): Promise<SavedAnswer> {
  while (true) {
    const chat = /\/c\/([\w-]+)/.exec(tab.url())?.[1];
    const saved = chat === undefined ? undefined : await app.saved(chat);
    if (saved?.isDone === true) return saved;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

/** The words in the error that it saved: a text, or upstream's own object. */
function textOf(error: unknown): string {
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null) return JSON.stringify(error);
  if ("content" in error) return textOf(error.content);
  return "message" in error ? textOf(error.message) : JSON.stringify(error);
}
