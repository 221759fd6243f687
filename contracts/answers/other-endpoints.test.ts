import { describe, expect, test } from "bun:test";
import { askRaw } from "../harness/ask-raw.ts";
import { withCandor } from "../harness/candor.ts";

const OPEN = { OPENROUTER_API_KEY: "" };
const KEY = { authorization: "Bearer sk-caller" };

describe("what goes upstream of a request to another endpoint", () => {
  test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])(
    "the method %s, and the path below /v1 with its query",
    async (method) => {
      await withCandor({}, async ({ baseUrl, received }) => {
        await fetch(`${baseUrl}/models/a%2Fb/endpoints?x=1&y=%20`, { method });
        expect(received.map((request) => `${request.method} ${request.path}`)).toEqual([
          `${method} /api/v1/models/a%2Fb/endpoints?x=1&y=%20`,
        ]);
      });
    },
  );

  test("a query of a named endpoint", async () => {
    await withCandor({}, async ({ baseUrl, received }) => {
      const headers = { "content-type": "application/json" };
      const body = '{"messages":[{"role":"user","content":"Hi"}]}';
      await fetch(`${baseUrl}/messages?beta=true`, { method: "POST", headers, body });
      expect(received[0]?.path).toBe("/api/v1/messages?beta=true");
    });
  });

  test("any body, byte for byte, with its content type", async () => {
    await withCandor({ settings: OPEN }, async ({ baseUrl, received }) => {
      const form = new FormData();
      form.set("file", new Blob([new Uint8Array([0, 255, 13, 10])]), "a.mp3");
      const sent = new Response(form);
      const type = sent.headers.get("content-type") ?? "";
      const body = await sent.bytes();
      const headers = { ...KEY, "content-type": type };
      await fetch(`${baseUrl}/audio/transcriptions`, { method: "POST", headers, body });
      expect(received[0]?.headers.get("content-type")).toBe(type);
      expect(Buffer.from(received[0]?.body ?? [])).toEqual(Buffer.from(body));
    });
  });

  test("nothing in a coding that is unknown: upstream would not be told so", async () => {
    await withCandor({ settings: OPEN }, async ({ baseUrl, received }) => {
      const headers = { ...KEY, "content-type": "text/plain", "content-encoding": "compress" };
      const request = { method: "POST", headers, body: "Hello" };
      const response = await fetch(`${baseUrl}/files`, request);
      expect(response.status).toBe(415);
      expect(response.headers.get("accept-encoding")).toBe("gzip, deflate, br, zstd");
      expect(await response.json()).toMatchObject({ error: { param: "content-encoding" } });
      expect(received).toEqual([]);
    });
  });

  test("any body of callers with keys, although a key is held here", async () => {
    const settings = { PROXY_API_KEYS: "the-key-of-a-caller" };
    await withCandor({ settings }, async ({ baseUrl, received }) => {
      const headers = { authorization: "Bearer the-key-of-a-caller", "content-type": "text/plain" };
      await fetch(`${baseUrl}/files`, { method: "POST", headers, body: "{}" });
      expect(received).toHaveLength(1);
    });
  });

  test.each(["text/plain", "multipart/form-data; boundary=x", "application/octet-stream", ""])(
    "nothing of type %j from a page in a browser, which might spend the key that is held here",
    async (type) => {
      const settings = { CORS_ORIGINS: "https://app.example" };
      await withCandor({ settings }, async ({ baseUrl, received }) => {
        for (const page of [{ origin: "https://app.example" }, { "sec-fetch-site": "none" }]) {
          const headers = { "content-type": type, ...page };
          const request = { method: "POST", headers, body: "{}" };
          const response = await Bun.fetch(`${baseUrl}/audio/transcriptions`, request);
          expect(response.status).toBe(415);
          expect(received).toEqual([]);
        }
      });
    },
  );

  test("JSON, or no body, while a key is held here", async () => {
    await withCandor({}, async ({ baseUrl, received }) => {
      const headers = { "content-type": "application/json; charset=utf-8" };
      await fetch(`${baseUrl}/keys`, { method: "POST", headers, body: "{}" });
      await fetch(`${baseUrl}/auth/keys`, { method: "POST" });
      expect(received.map(({ body }) => body.length)).toEqual([2, 0]);
    });
  });

  test.each([
    "/v1/../secret",
    "/v1/%2e%2e/secret",
    "/v1/models/../../secret",
    "/v1/.%2E/%2e./secret",
    "/v1\\..\\secret",
    "/v1/..%2fsecret",
    "/v1/..%5csecret",
    "/v1/a%5c..",
    "/v1/a%2F%2e%2e%2f..%5csecret",
    "/v1/%252e%252e/secret",
    "/v1/a/%2e%2e%2fsecret",
    "/v1/a%2f..;x/secret",
    "/v1/..;/secret",
    "/v1/.;a/models",
    "/v1/a%00",
    "/v1/a%2500b",
    "/v1/%25252525252e%25252525252e/secret",
    "/v1/%5cmodels",
    "/v1/",
    "/v1//",
    "/v1/.?x=1",
  ])("nothing outside of the base URL: %s", async (path) => {
    await withCandor({}, async ({ url, received }) => {
      expect(await askRaw(url, `GET ${path} HTTP/1.1`, "localhost")).toStartWith("HTTP/1.1 404 ");
      expect(received).toEqual([]);
    });
  });

  const below: [asked: string, path: string][] = [
    ["/v1//evil.example/x", "//evil.example/x"],
    ["/v1/@evil.example/x", "/@evil.example/x"],
    ["/v1/http://evil.example/", "/http://evil.example/"],
    ["/v1/a/../b", "/b"],
    ["/v1/models?next=../..", "/models?next=../.."],
    ["/v1/a...%2f..b", "/a...%2f..b"],
    ["/v1/a;b/c%3Bd", "/a;b/c%3Bd"],
    ["/v1/100%/%zz", "/100%/%zz"],
    ["//v1/models", "/models"],
    ["/api/v1/models?x=1", "/models?x=1"],
    ["//api//v1//a%2Fb/", "//a%2Fb/"],
    ["http://evil.example/v1/models", "/models"],
  ];
  test.each(below)("whatever it looks like, a path below the base URL: %s", async (asked, path) => {
    await withCandor({}, async ({ url, received }) => {
      expect(await askRaw(url, `GET ${asked} HTTP/1.1`, "localhost")).toStartWith("HTTP/1.1 200 ");
      expect(received.map((request) => request.path)).toEqual([`/api/v1${path}`]);
    });
  });

  test.each(["evil.example", "evil.example:80", "a,b"])(
    "the same wherever Host points: %s",
    async (host) => {
      await withCandor({ settings: OPEN }, async ({ url, received }) => {
        const answer = await askRaw(url, "GET /v1/models HTTP/1.1", host);
        expect(answer).toStartWith("HTTP/1.1 200 ");
        expect(received.map(({ path, headers }) => [path, headers.get("host")])).toEqual([
          ["/api/v1/models", expect.stringMatching(/^127\.0\.0\.1:/)],
        ]);
      });
    },
  );

  test.each(["a@b", "a b", "x/..", "evil.example/v1", "localhost:99999", "[::1", "x?y", "x#y", ""])(
    "nothing, where Host is none: %j",
    async (host) => {
      await withCandor({ settings: OPEN }, async ({ url, received }) => {
        const answer = await askRaw(url, "GET /v1/models?x=1 HTTP/1.1", host);
        expect(answer).toStartWith("HTTP/1.1 400 ");
        expect(answer).toContain('"param":"host"');
        expect(received).toEqual([]);
      });
    },
  );
});
