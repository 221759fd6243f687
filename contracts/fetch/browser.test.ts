import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SimulatedResponse } from "../../src/commands/simulate/simulated-response.ts";
import type { Recording } from "../../src/recordings/recording.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { eventAnswer } from "../harness/upstream-answers.ts";
import { throughMsw } from "../harness/ways.ts";
import type { Case, CaseSeen } from "./ask-cases.ts";
import { openPage, type PageOnBrowser } from "./browser.ts";
import { decidedFields } from "./decided-fields.ts";
import { limitsFor } from "./through-fetch.ts";

const FIXTURES = loadFixtures();
/** A redirect that is not followed shows a page nothing at all (Fetch, "opaque-redirect"). */
const SHOWN = [...FIXTURES].filter(
  ([, { response }]) => response.status < 300 || response.status >= 400,
);
const isCut = ({ response: { end } }: Recording) => end === "reset" || end === "truncated";
const UNCUT = SHOWN.filter(([, fixture]) => !isCut(fixture));
const CUT = SHOWN.filter(([, fixture]) => isCut(fixture));

/** What Chromium keeps from pages. */
const HIDDEN = new Set(["clear-site-data", "set-cookie2"]);

/** Some text, and then nothing for longer than any test. */
const SILENT: SimulatedResponse = {
  ...eventAnswer({ choices: [{ index: 0, delta: { content: "Hello" } }] }),
  timed: true,
};
SILENT.chunks.push({ at: 600_000, text: "data: [DONE]\n\n" });
const seen = new Map<string, CaseSeen>();
let browser: PageOnBrowser | undefined;

beforeAll(async () => {
  browser = await openPage(({ path, headers }) =>
    path.startsWith("/api/v1/silent/")
      ? SILENT
      : FIXTURES.get(headers.get("x-openrouter-fixture") ?? "")?.response,
  );
  const cases = SHOWN.map(([name, fixture]) => ({
    name,
    ...fixture.request,
    options: limitsFor(fixture),
  }));
  const { page, upstream } = browser;
  const asked = { site: new URL(page.url()).origin, baseUrl: upstream.url, cases };
  const all = await page.evaluate(askInPage, asked);
  for (const each of all) seen.set(each.name, each);
}, 120_000);

afterAll(() => browser?.[Symbol.asyncDispose]());

test.each(UNCUT)("%s gives the same in a browser as through the proxy", async (name, fixture) => {
  const inPage = seen.get(name);
  const proxied = await throughMsw(name, fixture);
  expect(inPage?.status).toBe(proxied.status);
  expect(inPage?.isBroken).toBe(proxied.isBroken);
  expect(Buffer.from(inPage?.body ?? "", "base64").toString()).toBe(
    Buffer.from(proxied.body).toString(),
  );
  expect(decidedFields(inPage?.headers ?? [])).toEqual(
    decidedFields(Object.entries(proxied.headers).filter(([header]) => !HIDDEN.has(header))),
  );
});

// Chromium throws away what a page has not read yet when the connection is cut: how much that is,
// nobody knows.
test.each(CUT)(
  "%s, which was cut, never ends well in a browser by mistake",
  async (name, fixture) => {
    const { status = 0, isBroken = false, body = "" } = seen.get(name) ?? {};
    const proxied = await throughMsw(name, fixture);
    const bytes = Buffer.from(body, "base64");
    const isTold = status === 502 || isBroken || bytes.includes('"error"');
    expect(isTold || bytes.equals(proxied.body)).toBe(true);
  },
);

test("in a browser, an abort within a stream rejects as with plain fetch, and frees upstream", async () => {
  if (browser === undefined) throw new Error("There is no page.");
  const { page, upstream } = browser;
  const asked = { site: new URL(page.url()).origin, baseUrl: upstream.url };
  const { plain, truthful } = await page.evaluate(abortInPage, asked);
  expect(truthful).toEqual(plain);
  expect(truthful).toStartWith("AbortError");
  const silent = upstream.requests.filter(
    ({ path, method }) => path.includes("/silent/") && method === "POST",
  );
  expect(silent.length).toBe(2);
  await Promise.all(silent.map(({ closed }) => closed));
});

test("in a browser, an address relative to the page names its endpoint too", async () => {
  if (browser === undefined) throw new Error("There is no page.");
  const { page } = browser;
  expect(await page.evaluate(askSiteInPage, new URL(page.url()).origin)).toBe(429);
});

/** Runs in the page: how a call ends that is aborted within its stream. */
async function abortInPage({ site, baseUrl }: { site: string; baseUrl: string }) {
  const { truthfulFetch } = await import(`${site}/fetch.js`);
  const end = async (ask: typeof fetch): Promise<string> => {
    const caller = new AbortController();
    const { signal } = caller;
    const body = '{"stream":true,"messages":[]}';
    const response = await ask(`${baseUrl}/silent/chat/completions`, {
      method: "POST",
      body,
      signal,
    });
    const reader = response.body?.getReader();
    await reader?.read();
    const next = reader?.read();
    caller.abort();
    return String(await next?.catch((error: unknown) => String(error)));
  };
  return { plain: await end(fetch), truthful: await end(truthfulFetch()) };
}

/** Runs in the page: the status of a call to the page's own site. */
async function askSiteInPage(site: string): Promise<number> {
  const { truthfulFetch } = await import(`${site}/fetch.js`);
  const response = await truthfulFetch()("/ai/v1/chat/completions", { method: "POST", body: "{}" });
  return response.status;
}

/** Runs in the page. */
async function askInPage(asked: {
  site: string;
  baseUrl: string;
  cases: Case[];
}): Promise<CaseSeen[]> {
  const { site, baseUrl, cases } = asked;
  const { truthfulFetch } = await import(`${site}/fetch.js`);
  const { askCases } = await import(`${site}/ask-cases.js`);
  return askCases(truthfulFetch, baseUrl, cases);
}
