import { describe, expect, test } from "bun:test";
import { HELLO, withCandor } from "../harness/candor.ts";

const LISTED = "https://app.example";
const CORS = { CORS_ORIGINS: LISTED };

/** What a browser adds to requests of a page elsewhere. */
const IMAGE = {
  "sec-fetch-site": "cross-site",
  "sec-fetch-mode": "no-cors",
  "sec-fetch-dest": "image",
};
const LINK = {
  "sec-fetch-site": "cross-site",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
};

describe("with a key held here and no client keys, a page elsewhere gets nothing", () => {
  const asked: [method: string, path: string, headers: Record<string, string>][] = [
    ["GET", "/v1/models", IMAGE],
    ["HEAD", "/v1/models", IMAGE],
    ["GET", "/v1/models", { ...IMAGE, "sec-fetch-site": "same-site" }],
    ["GET", "/v1/models", { "sec-fetch-site": "cross-site" }],
    ["GET", "/v1/models", LINK],
    ["GET", "/api/v1/models", IMAGE],
    ["POST", "/v1/auth/keys", LINK],
    ["POST", "/proxy", { ...IMAGE, origin: "https://evil.example" }],
    ["POST", "/proxy", { "sec-fetch-site": "same-origin", origin: "https://evil.example" }],
    ["POST", "/v1/messages", { "sec-fetch-site": "cross-site" }],
    ["DELETE", "/v1/keys/1", { "sec-fetch-site": "same-site" }],
  ];
  test.each(asked)("%s %s, with %j", async (method, path, headers) => {
    await withCandor({ settings: CORS }, async ({ url, received }) => {
      const response = await Bun.fetch(url + path, { method, headers });
      expect(response.status).toBe(403);
      if (method !== "HEAD") expect(await response.text()).toContain("permission_error");
      expect(received).toEqual([]);
    });
  });

  test("unless CORS_ORIGINS lists its origin", async () => {
    await withCandor({ settings: CORS }, async ({ post, received }) => {
      const headers = { ...IMAGE, "sec-fetch-mode": "cors", origin: LISTED };
      expect((await post(HELLO, headers)).status).toBe(200);
      expect(received).toHaveLength(1);
    });
  });
});

describe("what no page elsewhere asks is answered", () => {
  const asked: [who: string, headers: Record<string, string>][] = [
    ["a program", {}],
    ["an address that somebody typed", { ...LINK, "sec-fetch-site": "none" }],
    ["a page of ours", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }],
  ];
  test.each(asked)("%s", async (_, headers) => {
    await withCandor({}, async ({ baseUrl }) => {
      expect((await Bun.fetch(`${baseUrl}/models`, { headers })).status).toBe(200);
    });
  });

  test("a script of a page of ours, which sends its origin", async () => {
    await withCandor({}, async ({ url, post }) => {
      const headers = { "sec-fetch-site": "same-origin", origin: url };
      expect((await post(HELLO, headers)).status).toBe(200);
      expect((await post(HELLO, { origin: url })).status).toBe(403);
    });
  });
});

test("with client keys, or without a key here, a page has nothing to spend", async () => {
  const settings = { PROXY_API_KEYS: "a-key-of-a-caller" };
  await withCandor({ settings }, async ({ post }) => {
    const headers = { ...IMAGE, authorization: "Bearer a-key-of-a-caller" };
    expect((await post(HELLO, headers)).status).toBe(200);
  });
  await withCandor({ settings: { OPENROUTER_API_KEY: "" } }, async ({ baseUrl }) => {
    expect((await Bun.fetch(`${baseUrl}/models`, { headers: IMAGE })).status).toBe(200);
  });
});
