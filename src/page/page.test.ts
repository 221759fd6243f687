import { describe, expect, test } from "bun:test";
import { record, repaired } from "../../contracts/observe/made-up-records.ts";
import { STATUS } from "../../contracts/page/page-server.ts";
import { createRing } from "../observe/ring.ts";
import { createPage, type PageSettings } from "./page.ts";

const ASKED_BY_PAGE = { method: "POST", headers: { "x-candor-page": "1" } };

const echoRange = (from: number, to: number) => ({
  records: [record({ at: from })],
  isCut: to === 9,
});

function pageWith(more: Partial<PageSettings> = {}) {
  const ring = createRing();
  const page = createPage({ ring, status: () => STATUS, ...more });
  const ask = (path: string, init?: RequestInit) =>
    page.respond(new Request(`http://127.0.0.1:3000${path}`, init));
  return { ring, page, ask };
}

describe("the page itself", () => {
  test("is one file of at most 100 KB compressed, that asks no other host for anything", async () => {
    const { ask } = pageWith();
    const response = await ask("/", { headers: { "accept-encoding": "gzip" } });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    const compressed = new Uint8Array(await response.arrayBuffer());
    expect(compressed.length).toBeLessThan(100_000);
    const html = new TextDecoder().decode(Bun.gunzipSync(compressed));
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(html).not.toMatch(/<script[^>]*src=/);
  });

  test.each(["gzip;q=0", "br, gzip; q=0.0, deflate"])(
    "is not compressed for %s",
    async (coding) => {
      const response = await pageWith().ask("/", { headers: { "accept-encoding": coding } });
      expect(response.headers.has("content-encoding")).toBe(false);
    },
  );

  test("lets nothing run that its policy does not name by its hash", async () => {
    const { ask } = pageWith();
    const policy = (await ask("/")).headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
  });

  test("is not sent again where it has not changed", async () => {
    const { ask } = pageWith();
    const etag = (await ask("/")).headers.get("etag") ?? "";
    expect((await ask("/", { headers: { "if-none-match": etag } })).status).toBe(304);
  });
});

test("an exchange is told with its exhibit for as long as it is kept", async () => {
  const { ring, ask } = pageWith();
  ring.sink.end(repaired(), { upstreamError: "said", answer: "got" });
  const response = await ask("/page/exchange/1");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toMatchObject({ n: 1, exhibit: { upstreamError: "said" } });
  expect((await ask("/page/exchange/2")).status).toBe(404);
  expect((await ask("/page/exchange/nonsense")).status).toBe(404);
});

test("a form of another site cannot press a button: a script's header field is asked for", async () => {
  const tried: string[] = [];
  const run = async (name: string) => {
    tried.push(name);
    return { said: "", got: "" };
  };
  const { ask } = pageWith({ trials: { list: [{ name: "a/b", story: "a story" }], run } });
  expect((await ask("/page/try/a%2Fb", { method: "POST" })).status).toBe(403);
  expect((await ask("/page/try/another", ASKED_BY_PAGE)).status).toBe(404);
  expect((await ask("/page/try/a%2Fb", ASKED_BY_PAGE)).status).toBe(200);
  expect(tried).toEqual(["a/b"]);
});

test("an exchange is saved where there is a capture, and said to be gone where not", async () => {
  const { ring, ask } = pageWith({ capture: { save: async () => "captured/one.json" } });
  ring.sink.end(repaired());
  expect(await (await ask("/page/capture/1", ASKED_BY_PAGE)).json()).toEqual({
    path: "captured/one.json",
  });
  expect((await ask("/page/capture/7", ASKED_BY_PAGE)).status).toBe(404);
  expect((await pageWith().ask("/page/capture/1", ASKED_BY_PAGE)).status).toBe(404);
});

test("the history is asked for its time range", async () => {
  const { ask } = pageWith({ history: { query: echoRange } });
  expect(await (await ask("/page/history?from=5&to=9")).json()).toMatchObject({
    records: [{ at: 5 }],
    isCut: true,
  });
  expect((await pageWith().ask("/page/history?from=5&to=9")).status).toBe(404);
});

test.each([
  ["/page/nothing", "GET", 404],
  ["/page/exchange/%E0%A4%A", "GET", 400],
  ["/page/feed", "DELETE", 405],
])("%s by %s is %d, and says why", async (path, method, status) => {
  const response = await pageWith().ask(path, { method });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: { message: expect.stringMatching(/\.$/) } });
});
