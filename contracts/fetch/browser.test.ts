import { afterAll, beforeAll, expect, test } from "bun:test";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { throughMsw } from "../harness/ways.ts";
import type { Case, CaseSeen } from "./ask-cases.ts";
import { openPage, type PageOnBrowser } from "./browser.ts";
import { decidedFields } from "./decided-fields.ts";

const FIXTURES = loadFixtures();
/** A redirect that is not followed shows a page nothing at all (Fetch, "opaque-redirect"). */
const SHOWN = [...FIXTURES].filter(
  ([, { response }]) => response.status < 300 || response.status >= 400,
);
const seen = new Map<string, CaseSeen>();
let browser: PageOnBrowser | undefined;

beforeAll(async () => {
  browser = await openPage(
    ({ headers }) => FIXTURES.get(headers.get("x-openrouter-fixture") ?? "")?.response,
  );
  const cases = SHOWN.map(([name, { request }]) => ({ name, ...request }));
  const { page, upstream } = browser;
  const asked = { site: new URL(page.url()).origin, baseUrl: upstream.url, cases };
  const all = await page.evaluate(askInPage, asked);
  for (const each of all) seen.set(each.name, each);
}, 120_000);

afterAll(() => browser?.[Symbol.asyncDispose]());

test.each(SHOWN)("%s gives the same in a browser as through the proxy", async (name, fixture) => {
  const inPage = seen.get(name);
  const proxied = await throughMsw(name, fixture);
  expect(inPage?.status).toBe(proxied.status);
  expect(Buffer.from(inPage?.body ?? "", "base64").toString()).toBe(
    Buffer.from(proxied.body).toString(),
  );
  expect(decidedFields(inPage?.headers ?? [])).toEqual(
    decidedFields(Object.entries(proxied.headers)),
  );
});

/** Runs in the page. */
async function askInPage(asked: {
  site: string;
  baseUrl: string;
  cases: Case[];
}): Promise<CaseSeen[]> {
  const { site, baseUrl, cases } = asked;
  const { truthfulFetch } = await import(`${site}/fetch.js`);
  const { askCases } = await import(`${site}/ask-cases.js`);
  return askCases(truthfulFetch(), baseUrl, cases);
}
