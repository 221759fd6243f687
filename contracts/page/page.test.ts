import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { source as axe } from "axe-core";
import type { Browser } from "playwright-core";
import { inBand, record, refused, repaired } from "../observe/made-up-records.ts";
import { startChromium } from "../harness/chromium.ts";
import { type Look, openPage } from "./browser.ts";
import { createFullRing, EXHIBIT } from "./made-up-traffic.ts";
import { startPageServer, STATUS } from "./page-server.ts";

// Playwright waits for 20 s and says for what. Where a test itself is too late, Bun ends the browser.
setDefaultTimeout(90_000);

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());

const TRIALS = {
  list: [{ name: "a/b", story: "a 200 that holds a 429" }],
  run: async (name: string) => ({ said: `200 for ${name}`, got: "429, and why" }),
};

const now = () => ({ at: Date.now() - 2000 });
const open = (url: string, look?: Look) => openPage(browser, url, look);

describe("what is wrong is said first:", () => {
  test("the mission's two cases, with the model and how much was hidden", async () => {
    await using server = startPageServer();
    for (let index = 0; index < 7; index++) server.ring.sink.end(record(now()));
    const plain = { form: "json" as const, stream: false, rule: "error-in-body" };
    server.ring.sink.end(repaired({ ...now(), ...plain, model: "x/y:free" }));
    server.ring.sink.end(repaired({ ...now(), model: "x/y:free" }));
    server.ring.sink.end(inBand({ ...now(), trueStatus: 429, model: "x/y:free" }));
    const { page, close } = await open(server.url);
    await page.getByText("It is OpenRouter").waitFor();
    expect(await page.locator(".sentence").textContent()).toBe(
      "OpenRouter is failing: 3 of the last 10 requests (30%), all of them hidden in a 200; 429 from x/y:free.",
    );
    await close();
  });

  test("a stream that stalls, with its model and for how long", async () => {
    await using server = startPageServer();
    const { ms: _, outcome: __, ...begun } = record({ state: "relaying", lastByteMs: 1000 });
    server.ring.sink.begin?.({ ...begun, at: Date.now() - 32_000 });
    const { page, close } = await open(server.url);
    await page.getByText(/A stream stalls: openai\/gpt-4o-mini .* nothing for 3\d/).waitFor();
    expect(await page.locator(".open .stalled").count()).toBe(1);
    await close();
  });

  test("requests that are refused are the application's own doing", async () => {
    await using server = startPageServer();
    for (let index = 0; index < 5; index++) server.ring.sink.end(refused(now()));
    const { page, close } = await open(server.url);
    await page.getByText("It is your application").waitFor();
    await close();
  });

  test("where nothing has come yet, how to begin", async () => {
    await using server = startPageServer();
    const { page, close } = await open(server.url);
    await page.getByText("No requests have come lately.").waitFor();
    await close();
  });
});

test("an exchange appears while the page is looked at, without a reload", async () => {
  await using server = startPageServer();
  const { page, complaints, close } = await open(server.url);
  await page.getByText("No exchange yet.").waitFor();
  server.ring.sink.end(repaired({ ...now(), model: "live/one" }), EXHIBIT);
  await page.locator(".exchanges tbody tr", { hasText: "one" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("paused, the list stays as it is, and says how many are waiting", async () => {
  await using server = startPageServer();
  server.ring.sink.end(record(now()));
  const { page, close } = await open(server.url);
  await page.getByRole("button", { name: "Pause" }).click();
  server.ring.sink.end(record(now()));
  await page.getByText("1 new").waitFor();
  expect(await page.locator(".exchanges tbody tr").count()).toBe(1);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.locator(".exchanges tbody tr").nth(1).waitFor();
  await close();
});

test("a filter is part of the address, and an address opens filtered", async () => {
  await using server = startPageServer({ ring: createFullRing(120) });
  const { page, close } = await open(server.url);
  await page.getByLabel("Result").selectOption("hidden");
  await page.locator(".exchanges tbody tr.failed-hidden").first().waitFor();
  await page.waitForURL(({ search }) => search === "?status=hidden");
  expect(await page.locator(".exchanges tbody tr:not(.failed-hidden)").count()).toBe(0);
  const second = await open(`${server.url}?model=openai%2Fgpt-4o-mini&status=hidden`);
  await second.page.locator(".exchanges tbody tr").first().waitFor();
  const models = await second.page.locator(".exchanges .model").allTextContents();
  expect(new Set(models)).toEqual(new Set(["gpt-4o-mini"]));
  await Promise.all([close(), second.close()]);
});

test("a click shows the verdict, what was said beside what was got, and how to repeat it", async () => {
  await using server = startPageServer();
  server.ring.sink.end(repaired(now()), EXHIBIT);
  const { page, complaints, close } = await open(server.url);
  await page.locator(".exchanges tbody tr").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Event 3 decided. It stood at bytes 40 to 90 of the body.").waitFor();
  await dialog.getByText("The true status was named by error.code: 429.").waitFor();
  await dialog.locator("pre", { hasText: '"type": "rate_limit_error"' }).waitFor();
  const command = await dialog.locator(".copyable pre").textContent();
  expect(command).toContain(`curl -i -X POST '${server.url}v1/chat/completions'`);
  expect(command).toContain("Bearer $API_KEY");
  await page.waitForURL(({ search }) => search === `?exchange=${STATUS.startedAt}-1`);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.waitForURL(({ search }) => search === "");
  expect(complaints).toEqual([]);
  await close();
});

test("the keyboard alone leads to an exchange and back", async () => {
  await using server = startPageServer();
  for (const model of ["a/first", "a/second"]) server.ring.sink.end(record({ ...now(), model }));
  const { page, close } = await open(server.url);
  await page.locator(".open-detail").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("a/first", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await close();
});

test("after a restart of the server, the page goes on, and what it has shown stays", async () => {
  const first = startPageServer();
  first.ring.sink.end(record({ ...now(), model: "before/restart" }));
  const { page, close } = await open(first.url);
  await page.locator(".exchanges tr", { hasText: "restart" }).waitFor();
  await first[Symbol.asyncDispose]();
  await page.getByText("connection lost, trying again").waitFor();
  const restarted = { ...STATUS, startedAt: Date.now() };
  await using second = startPageServer({ port: first.port, status: () => restarted });
  second.ring.sink.end(record({ ...now(), model: "behind/it" }));
  await page.locator(".exchanges tr", { hasText: "it" }).first().waitFor();
  await page.getByText("live", { exact: true }).waitFor();
  expect(await page.locator(".exchanges tbody tr").count()).toBe(2);
  await close();
});

test("where a key is asked for, the page asks for it, and keeps it for the tab alone", async () => {
  await using server = startPageServer({ key: "a-client-key-of-ours" });
  server.ring.sink.end(record(now()));
  const { page, complaints, close } = await open(server.url);
  await page.getByLabel("Your key for Candor").fill("not-the-key");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByLabel("This key is not one of Candor's. Another?").fill("a-client-key-of-ours");
  await page.getByRole("button", { name: "Open" }).click();
  await page.locator(".exchanges tbody tr").waitFor();
  expect(page.url()).not.toContain("a-client-key-of-ours");
  const kept = await page.evaluate("[localStorage.length, document.cookie]");
  expect(kept).toEqual([0, ""]);
  await page.reload();
  await page.locator(".exchanges tbody tr").waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("a warning names the setting", async () => {
  const troubled = { ...STATUS, isDraining: true, openFiles: 900, maxFiles: 1000 };
  await using server = startPageServer({ status: () => troubled });
  for (let index = 0; index < 3; index++) {
    server.ring.sink.end(record({ at: Date.now() - 40_000, outcome: "client-left", ms: 30_020 }));
  }
  const { page, close } = await open(server.url);
  await page.getByText("DRAIN_TIMEOUT_MS").waitFor();
  await page.getByText("MAX_CONNECTIONS").waitFor();
  await page.getByText(/3 clients left after 30 s sharp/).waitFor();
  await close();
});

test("in the demo, a button shows what is said and what the client is told", async () => {
  await using server = startPageServer({ trials: TRIALS });
  const { page, close } = await open(server.url);
  await page.getByRole("button", { name: "a 200 that holds a 429" }).click();
  await page.getByText("200 for a/b").waitFor();
  await page.getByText("429, and why").waitFor();
  await close();
});

test("a time range of the history takes the place of the live view, and is part of the address", async () => {
  const records = [repaired({ at: Date.now() - 7_200_000, model: "last/night" })];
  const asked: [number, number][] = [];
  const query = (from: number, to: number) => {
    asked.push([from, to]);
    return { records, isCut: false };
  };
  await using server = startPageServer({ history: { query } });
  server.ring.sink.end(record({ ...now(), model: "live/now" }));
  const { page, complaints, close } = await open(server.url);
  await page.getByLabel("Time").selectOption("24h");
  await page.locator(".exchanges tbody tr", { hasText: "night" }).waitFor();
  expect(await page.locator(".exchanges tbody tr").count()).toBe(1);
  await page.waitForURL(({ search }) => search === "?range=24h");
  expect((asked[0]?.[1] ?? 0) - (asked[0]?.[0] ?? 0)).toBe(86_400_000);
  await page.getByText(/OpenRouter is failing: the last request, hidden in a 200; 429/).waitFor();
  await page.goBack();
  await page.locator(".exchanges tbody tr", { hasText: "now" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("what is shown is saved as CSV, with OpenRouter's generation ids", async () => {
  await using server = startPageServer();
  server.ring.sink.end(repaired(now()));
  server.ring.sink.end(record(now()));
  const { page, close } = await open(`${server.url}?status=hidden`);
  await page.locator(".exchanges tbody tr").waitFor();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("candor-exchanges.csv");
  const lines = (await Bun.file(await download.path()).text()).trim().split("\r\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain("gen-1");
  await close();
});

test("an exchange can be saved as a recording where that is on", async () => {
  const capture = { save: async () => "captured/chat-completions/one.json" };
  await using server = startPageServer({ capture });
  server.ring.sink.end(record(now()));
  const { page, close } = await open(server.url);
  await page.locator(".exchanges tbody tr").click();
  await page.getByRole("button", { name: "Save as a recording" }).click();
  await page.getByText("Saved as captured/chat-completions/one.json.").waitFor();
  await close();
});

test("a model that is called like markup stays a text", async () => {
  await using server = startPageServer();
  const model = `<img src=x onerror="document.title='owned'">`;
  server.ring.sink.end(repaired({ ...now(), model, message: model }));
  const { page, close } = await open(server.url);
  await page.locator(".exchanges tbody tr").click();
  await page.getByRole("dialog").locator("blockquote", { hasText: "onerror" }).waitFor();
  expect(await page.title()).toBe("Candor");
  await close();
});

describe.each([
  { look: "light", colorScheme: "light", width: 1280 },
  { look: "dark", colorScheme: "dark", width: 1280 },
  { look: "a phone's width", colorScheme: "dark", width: 360 },
] as const)("in $look", ({ colorScheme, width }) => {
  test("axe-core finds nothing, on the page and in an exchange, and nothing is cut off", async () => {
    await using server = startPageServer({ ring: createFullRing(20), trials: TRIALS });
    server.ring.sink.end(repaired(now()), EXHIBIT);
    const { page, complaints, close } = await open(server.url, { colorScheme, width });
    await page.locator(".exchanges tbody tr.failed-hidden").first().waitFor();
    const [scroll, inner] = await page.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, innerWidth]",
    );
    expect(scroll).toBeLessThanOrEqual(inner);
    // By the debugger's way: the page's policy lets nothing in that it does not name.
    await page.evaluate(axe);
    const problems = () =>
      page.evaluate<string[]>(
        "axe.run().then(({violations}) => violations.flatMap(({id, nodes}) => nodes.map(({html}) => id + ': ' + html.slice(0, 150))))",
      );
    expect(await problems()).toEqual([]);
    await page.locator("tr.failed-hidden .open-detail").first().click();
    await page.locator("dialog .exhibits").waitFor();
    expect(await problems()).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});
