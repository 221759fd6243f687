import { describe, expect, test } from "bun:test";
import { askRaw } from "../harness/ask-raw.ts";
import { HELLO, startCandor, withCandor } from "../harness/candor.ts";
import { attack, forwarded, post } from "../harness/hostile-client.ts";

/** A body that OpenRouter would take by the general rules, and the chat endpoint never. */
const FLAWED = '{"messages":[],"stream":"yes"}';

const asPost = (path: string) =>
  post([`content-length: ${FLAWED.length}`, "connection: close"], FLAWED, `POST ${path} HTTP/1.1`);

describe("a chat request gets the rules of chats", () => {
  test.each([
    "/v1/chat/completions/",
    "/v1//chat/completions",
    "/v1/chat//completions//",
    "//v1/chat/completions",
    "/v1/%63hat/completions",
    "/v1/chat%2fcompletions",
    "/v1/chat%2Fcompletions?x=1",
    "/v1/chat%252fcompletions",
    "/v1/./chat/completions",
    "/v1/%2e/chat/completions",
    "/v1/%252e/chat/completions",
    "/v1/x/../chat/completions",
    "/%761/chat/completions",
    "/api/v1/chat/completions",
    "/api//v1/chat/completions/",
    "/api%2fv1/chat/completions",
    "/proxy/",
    "//proxy",
    "/%70roxy",
  ])("at %s", async (path) => {
    await using candor = startCandor();
    const { statuses, answer } = await attack(candor, asPost(path));
    expect(statuses).toEqual([400]);
    expect(answer).toContain('"param":"messages"');
    expect(forwarded(candor)).toEqual([]);
  });

  test("and goes upstream to the one path of chats, with its query", async () => {
    await withCandor({}, async ({ url, received }) => {
      const headers = { "content-type": "application/json" };
      for (const path of ["/api/v1/chat/completions", "/v1//chat%2Fcompletions/?x=1"]) {
        const request = { method: "POST", headers, body: HELLO };
        expect((await Bun.fetch(url + path, request)).status).toBe(200);
      }
      expect(received.map(({ path }) => path)).toEqual([
        "/api/v1/chat/completions",
        "/api/v1/chat/completions?x=1",
      ]);
    });
  });
});

test("below /api errors have OpenRouter's number, however the path is spelled", async () => {
  await withCandor({}, async ({ url }) => {
    for (const path of ["/api/v1/chat/completions", "//api//v1/chat%2fcompletions", "/api/x"]) {
      const response = await Bun.fetch(url + path, { method: "POST", body: "{}" });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.json()).toMatchObject({ error: { code: response.status } });
    }
  });
});

describe("what looks like a wrong base URL is a 404 that names the one to use", () => {
  const wrong: [path: string, base: string][] = [
    ["/chat/completions", "/v1"],
    ["/completions", "/v1"],
    ["/embeddings", "/v1"],
    ["/responses", "/v1"],
    ["/models", "/v1"],
    ["/v1/v1/chat/completions", "/v1"],
    ["/v1/api/v1/chat/completions", "/v1"],
    ["/api/v1/v1/models", "/api/v1"],
    ["/v1/chat/completions/chat/completions", "/v1"],
    ["/proxy/chat/completions", "/v1"],
    ["/api/chat/completions", "/api/v1"],
    ["/openai/v1/chat/completions", "/v1"],
    ["/v1", "/v1"],
    ["/api", "/api/v1"],
    ["/", "/v1"],
    ["/messages", ""],
    ["/messages/count_tokens", ""],
    ["/v1/v1/messages", ""],
    ["/api/v1/v1/messages", "/api"],
    ["/api/messages", "/api"],
  ];
  test.each(wrong)("%s", async (path, base) => {
    await withCandor({}, async ({ url, received }) => {
      const response = await Bun.fetch(url + path, { method: "POST", body: "{}" });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        error: { message: expect.stringContaining(` ${url}${base}.`) },
      });
      expect(received).toEqual([]);
    });
  });

  test("over https, where TLS ends in front", async () => {
    await withCandor({}, async ({ url }) => {
      const headers = { "x-forwarded-proto": "https" };
      const response = await Bun.fetch(`${url}/chat/completions`, { method: "POST", headers });
      const address = url.replace("http:", "https:");
      expect(await response.text()).toContain(`${address}/v1`);
    });
  });

  test("and nothing else gets such advice", async () => {
    await withCandor({}, async ({ url }) => {
      const response = await Bun.fetch(`${url}/favicon.ico`);
      expect(await response.json()).toMatchObject({
        error: { message: "404 Not Found: There is nothing at /favicon.ico." },
      });
    });
  });
});

describe("Anthropic's clients read Anthropic's errors", () => {
  const VERSION = { "anthropic-version": "2023-06-01" };
  const asked: [method: string, path: string, headers: Record<string, string>, status: number][] = [
    ["POST", "/v1/messages", {}, 401],
    ["GET", "/v1/messages", {}, 405],
    ["POST", "/v1/messages/count_tokens", {}, 401],
    ["POST", "/api/v1/messages/count_tokens", {}, 401],
    ["POST", "/messages", {}, 404],
    ["POST", "/v1/v1/messages", {}, 404],
    ["POST", "/v1/files", VERSION, 401],
    ["POST", "/nowhere", VERSION, 404],
    ["POST", "/healthz", VERSION, 405],
  ];
  test.each(asked)("%s %s, with %j", async (method, path, headers, status) => {
    await withCandor({ settings: { OPENROUTER_API_KEY: "" } }, async ({ url }) => {
      const response = await Bun.fetch(url + path, { method, headers });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({
        type: "error",
        error: { type: expect.stringMatching(/_error$/), message: expect.any(String) },
      });
      expect(response.headers.get("request-id")).toBe(response.headers.get("x-request-id"));
    });
  });

  test("below messages upstream's errors too, with Anthropic's words for the status", async () => {
    const text = '{"error":{"message":"Slow down","code":429}}';
    const headers: [string, string][] = [["content-type", "application/json"]];
    const answer = () => ({
      status: 429,
      headers,
      chunks: [{ at: 0, text }],
      end: "closed" as const,
    });
    await withCandor({ answer }, async ({ baseUrl }) => {
      const type = { "content-type": "application/json" };
      for (const [path, more] of [
        ["/messages/count_tokens", {}],
        ["/models", VERSION],
      ] as const) {
        const request = { method: "POST", headers: { ...type, ...more }, body: "{}" };
        const response = await Bun.fetch(baseUrl + path, request);
        expect(response.status).toBe(429);
        expect(await response.json()).toMatchObject({
          type: "error",
          error: { type: "rate_limit_error", message: "Slow down" },
        });
        expect(response.headers.get("request-id")).not.toBeNull();
      }
    });
  });

  test("and nobody else does", async () => {
    await withCandor({}, async ({ url }) => {
      for (const path of ["/nowhere", "/v1/threads/1/messages", "/v1/v1/models"]) {
        const response = await Bun.fetch(url + path, { method: "OPTIONS" });
        expect(await response.json()).not.toHaveProperty("type");
        expect(response.headers.get("request-id")).toBeNull();
      }
    });
  });
});

describe("a WebSocket", () => {
  const UPGRADE = "connection: upgrade\r\nupgrade: WebSocket\r\nsec-websocket-version: 13";

  const PATHS = ["/v1/responses", "/v1/realtime?model=x", "/api/v1/responses", "/proxy"];
  test.each([...PATHS, "/", "/healthz", "/openapi.json", "/nowhere"])(
    "is refused with 426 at %s, before a key is asked for",
    async (path) => {
      const settings = { PROXY_API_KEYS: "a-key-of-a-caller" };
      await using candor = startCandor({ settings });
      const answer = await askRaw(candor.url, `GET ${path} HTTP/1.1\r\n${UPGRADE}`);
      expect(answer).toStartWith("HTTP/1.1 426 Upgrade Required\r\n");
      expect(answer).toMatch(/^upgrade: HTTP\/1\.1\r$/im);
      expect(candor.received).toEqual([]);
    },
  );

  test("of a page is none of its business", async () => {
    await using candor = startCandor();
    const origin = "origin: https://evil.example";
    const answer = await askRaw(
      candor.url,
      `GET /v1/responses HTTP/1.1\r\n${UPGRADE}\r\n${origin}`,
    );
    expect(answer).toStartWith("HTTP/1.1 403 ");
  });
});

describe("what Claude Code asks at every start", () => {
  test.each(["/", "/api"])("HEAD %s is 200 without a key", async (path) => {
    const settings = { PROXY_API_KEYS: "a-key-of-a-caller", LIVE_PAGE: "off" };
    await withCandor({ settings }, async ({ url, received }) => {
      const response = await Bun.fetch(url + path, { method: "HEAD" });
      expect(response.status).toBe(200);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(received).toEqual([]);
    });
  });
});

test("of a refused method the ones that are allowed are told, however the path is spelled", async () => {
  await withCandor({}, async ({ url }) => {
    for (const path of ["/v1/chat/completions", "/api/v1/messages", "/v1//responses/"]) {
      const response = await Bun.fetch(url + path, { method: "PUT" });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    }
  });
});

test("a GET with an empty body in chunks has no body, and goes upstream", async () => {
  await withCandor({}, async ({ url, received }) => {
    const answer = await askRaw(
      url,
      "GET /v1/models HTTP/1.1\r\ntransfer-encoding: chunked",
      "localhost",
      "0\r\n\r\n",
    );
    expect(answer).toStartWith("HTTP/1.1 200 ");
    expect(
      received.map(({ method, headers }) => [method, headers.get("transfer-encoding")]),
    ).toEqual([["GET", null]]);
  });
});

test("a GET without a key is relayed where no key is held here: models are listed without one", async () => {
  await withCandor({ settings: { OPENROUTER_API_KEY: "" } }, async ({ baseUrl, received }) => {
    expect((await Bun.fetch(`${baseUrl}/models`)).status).toBe(200);
    expect((await Bun.fetch(`${baseUrl}/models`, { method: "POST" })).status).toBe(401);
    expect(received.map(({ method, headers }) => [method, headers.get("authorization")])).toEqual([
      ["GET", null],
    ]);
  });
});
