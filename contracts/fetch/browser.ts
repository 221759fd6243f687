import type { Page } from "playwright-core";
import {
  type ReceivedRequest,
  startSimulator,
  type Simulator,
} from "../../src/commands/simulate/simulator.ts";
import type { Recording } from "../../src/recordings/recording.ts";
import { startChromium } from "../harness/chromium.ts";
import { buildTheLibrary } from "./node.ts";
import { LIBRARY } from "../../packaging/npm/library.ts";

/** A page in a headless browser that may load the library, and upstream on another origin. */
export interface PageOnBrowser extends AsyncDisposable {
  page: Page;
  upstream: Simulator;
}

type Answer = (request: ReceivedRequest) => Recording["response"] | undefined;

/** Opens the page. Its policy lets no code be made from strings. */
export async function openPage(answer: Answer): Promise<PageOnBrowser> {
  await buildTheLibrary();
  const upstream = startSimulator({ answer: (request) => withCors(request, answer) });
  const site = await startSite();
  const browser = await startChromium();
  const page = await browser.newPage();
  await page.goto(site.url.href);
  return {
    page,
    upstream,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await site.stop(true);
      await upstream.stop();
    },
  };
}

async function startSite() {
  const { outputs } = await Bun.build({ entrypoints: [`${import.meta.dir}/ask-cases.ts`] });
  const headers = {
    "content-security-policy": "default-src 'none'; script-src 'self'; connect-src *",
  };
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/": new Response("<!doctype html>", {
        headers: { ...headers, "content-type": "text/html" },
      }),
      "/ai/v1/chat/completions": Response.json({ error: { code: 429, message: "Slow down" } }),
      "/fetch.js": new Response(Bun.file(`${LIBRARY}/fetch.js`)),
      "/ask-cases.js": new Response(await outputs[0]?.text(), {
        headers: { "content-type": "text/javascript" },
      }),
    },
  });
}

/** What upstream answers, as a page of another origin may see it. */
function withCors(request: ReceivedRequest, answer: Answer): Recording["response"] | undefined {
  const cors: [string, string][] = [
    ["access-control-allow-origin", "*"],
    ["access-control-allow-headers", "*, authorization"],
    ["access-control-allow-methods", "*"],
    ["access-control-expose-headers", "*"],
  ];
  if (request.method === "OPTIONS") {
    return { status: 204, headers: cors, chunks: [], end: "closed" };
  }
  const response = answer(request);
  if (response === undefined) return undefined;
  const others = response.headers.filter(([name]) => !name.startsWith("access-control-"));
  return { ...response, headers: [...others, ...cors] };
}
