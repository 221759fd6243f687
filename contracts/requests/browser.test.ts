import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import type { ExchangeRecord } from "../../src/observe/record.ts";
import { HELLO, startCandor } from "../harness/candor.ts";
import { startChromium } from "../harness/chromium.ts";
import { quiet } from "../harness/ways.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
}, 30_000);
afterAll(() => browser.close());

/** Ways in which a page makes a browser ask for something elsewhere, by the path that each asks. */
const TRICKS: Record<string, (base: string) => string> = {
  image: (base) => `<img src="${base}/image">`,
  script: (base) => `<script src="${base}/script"></script>`,
  style: (base) => `<link rel="stylesheet" href="${base}/style">`,
  frame: (base) => `<iframe src="${base}/frame"></iframe>`,
  video: (base) => `<video src="${base}/video" autoplay></video>`,
  form: (base) =>
    `<iframe name="f"></iframe><form id="form" method="post" enctype="text/plain" target="f" action="${base}/form"><input name='{"a":"' value='"}'></form><script>form.submit()</script>`,
  get: (base) => `<script>fetch("${base}/get", { mode: "no-cors" }).catch(() => {})</script>`,
  post: (base) =>
    `<script>fetch("${base}/post", { method: "POST", mode: "no-cors", body: "{}" }).catch(() => {})</script>`,
  json: (base) =>
    `<script>fetch("${base}/json", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).catch(() => {})</script>`,
  remove: (base) =>
    `<script>fetch("${base}/remove", { method: "DELETE" }).catch(() => {})</script>`,
  beacon: (base) => `<script>navigator.sendBeacon("${base}/beacon", "{}")</script>`,
  prefetch: (base) => `<link rel="prefetch" href="${base}/prefetch">`,
  events: (base) => `<script>new EventSource("${base}/events")</script>`,
  socket: (base) => `<script>new WebSocket("${base.replace("http", "ws")}/socket")</script>`,
};

/** A page of somebody else's with this in it. */
function startPage(body: string) {
  const headers = { "content-type": "text/html" };
  const html = `<!doctype html><title>elsewhere</title>${body}`;
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response(html, { headers }),
  });
}

/** Candor, and a promise that is kept once it was asked for all of these paths. */
function startAsked(paths: string[], settings: Record<string, string> = {}) {
  const rules = new Map<string, string>();
  const { promise: allAsked, resolve } = Promise.withResolvers<void>();
  const log = {
    ...quiet,
    end({ path, rule = "none" }: ExchangeRecord) {
      rules.set(path, rule);
      if (paths.every((name) => rules.has(name))) resolve();
    },
  };
  const candor = startCandor({ log, settings: { DRAIN_TIMEOUT_MS: "100", ...settings } });
  return { candor, rules, allAsked };
}

/** For a page at 127.0.0.1 one is another site, the other the same. */
test.each(["localhost", "127.0.0.1"])(
  "a page elsewhere has nothing sent upstream, whatever it makes the browser ask of %s",
  async (host) => {
    const { candor, rules, allAsked } = startAsked(
      Object.keys(TRICKS).map((name) => `/v1/${name}`),
    );
    await using _ = candor;
    const base = `http://${host}:${new URL(candor.url).port}/v1`;
    const tricks = Object.values(TRICKS).map((trick) => trick(base));
    using elsewhere = startPage(tricks.join("\n"));
    const page = await browser.newPage();
    await page.goto(elsewhere.url.href);
    await allAsked;
    await page.close();
    // A preflight is a method that nobody may use.
    expect([...new Set(rules.values())].toSorted()).toEqual([
      "foreign-origin",
      "foreign-page",
      "wrong-method",
    ]);
    expect(candor.received).toEqual([]);
  },
  20_000,
);

test("a page whose origin CORS_ORIGINS lists may ask, and read the answer", async () => {
  using elsewhere = startPage("");
  const { candor } = startAsked([], { CORS_ORIGINS: elsewhere.url.origin });
  await using _ = candor;
  const page = await browser.newPage();
  await page.goto(elsewhere.url.href);
  const answer = await page.evaluate(
    async ([url, body]) => {
      const headers = { "content-type": "application/json" };
      const response = await fetch(String(url), { method: "POST", headers, body: String(body) });
      return [response.status, response.headers.get("x-request-id") !== null];
    },
    [`${candor.url}/proxy`, HELLO],
  );
  expect(answer).toEqual([200, true]);
  await page.close();
}, 20_000);
