import { describe, expect, test } from "bun:test";
import { createApp } from "../src/app.ts";
import type { Dialect } from "../src/wire/dialect.ts";
import { chat } from "../src/wire/dialects/chat.ts";
import { NAMED } from "../src/wire/dialects/index.ts";
import { silentFault } from "../src/wire/fault.ts";
import { startCandor, withCandor } from "./candor.ts";
import { connectTo } from "./raw-client.ts";
import { startRawUpstream } from "./raw-upstream.ts";
import { configure, quiet } from "./ways.ts";

const OPEN = { OPENROUTER_API_KEY: "" };
const KEY = { authorization: "Bearer sk-caller" };

/** What comes back for a request without a body, on a connection of its own. */
async function askRaw(url: string, requestLine: string, host: string): Promise<string> {
  using client = await connectTo(url);
  const fields = `Host: ${host}\r\nAuthorization: Bearer sk-caller\r\nConnection: close`;
  client.send(`${requestLine}\r\n${fields}\r\n\r\n`);
  await client.closed;
  return client.received();
}

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

  test("any body of callers with keys, although a key is held here", async () => {
    const settings = { PROXY_API_KEYS: "key-of-a-caller" };
    await withCandor({ settings }, async ({ baseUrl, received }) => {
      const headers = { authorization: "Bearer key-of-a-caller", "content-type": "text/plain" };
      await fetch(`${baseUrl}/files`, { method: "POST", headers, body: "{}" });
      expect(received).toHaveLength(1);
    });
  });

  test.each(["text/plain", "multipart/form-data; boundary=x", "application/octet-stream", ""])(
    "nothing of type %j while a key is held here that a page in a browser might spend",
    async (type) => {
      await withCandor({}, async ({ baseUrl, received }) => {
        const headers = { "content-type": type };
        const request = { method: "POST", headers, body: "{}" };
        const response = await fetch(`${baseUrl}/audio/transcriptions`, request);
        expect(response.status).toBe(415);
        expect(received).toEqual([]);
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
    "/v1/a%2F%2e%2e%2f..%5csecret",
    "//v1/models",
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

describe("what another endpoint answers", () => {
  test.each(["OPTIONS", "PROPFIND"])("%s is not allowed", async (method) => {
    await withCandor({}, async ({ baseUrl, received }) => {
      const response = await fetch(`${baseUrl}/models`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, HEAD, POST, PUT, PATCH, DELETE");
      expect(received).toEqual([]);
    });
  });

  test("a body with GET is refused", async () => {
    await withCandor({}, async ({ url, received }) => {
      using client = await connectTo(url);
      const fields = "Host: localhost\r\nContent-Length: 2\r\nConnection: close";
      client.send(`GET /v1/models HTTP/1.1\r\n${fields}\r\n\r\n{}`);
      expect(await client.receivedUpTo("\r\n\r\n")).toStartWith("HTTP/1.1 400 ");
      expect(received).toEqual([]);
    });
  });

  test("HEAD has upstream's header fields and no body", async () => {
    const head = {
      status: 200,
      headers: [
        ["content-type", "application/json"] as [string, string],
        ["x-total", "7"] as [string, string],
      ],
      chunks: [],
      end: "closed" as const,
    };
    await withCandor({ answer: () => head }, async ({ baseUrl }) => {
      const response = await fetch(`${baseUrl}/models`, { method: "HEAD" });
      expect(response.status).toBe(200);
      expect(response.headers.get("x-total")).toBe("7");
      expect(await response.text()).toBe("");
    });
  });

  test("the first bytes of audio arrive before the last ones exist", async () => {
    using upstream = startRawUpstream();
    await using candor = startCandor({ settings: { OPENROUTER_BASE_URL: upstream.url } });
    const asked = fetch(`${candor.baseUrl}/audio/speech`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"input":"Hello"}',
    });
    const exchange = await upstream.next();
    await exchange.begin("audio/mpeg");
    await exchange.chunk("first");
    const reader = (await asked).body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toBe("first");
    await exchange.chunk("last");
    await exchange.finish();
    const last = await reader?.read();
    expect(new TextDecoder().decode(last?.value)).toBe("last");
    expect((await reader?.read())?.done).toBe(true);
  });

  test("a client that leaves frees upstream", async () => {
    using upstream = startRawUpstream();
    await using candor = startCandor({ settings: { OPENROUTER_BASE_URL: upstream.url } });
    const controller = new AbortController();
    const asked = fetch(`${candor.baseUrl}/models`, { signal: controller.signal });
    const exchange = await upstream.next();
    controller.abort();
    expect(asked).rejects.toThrow();
    await exchange.closed;
  });

  test.each(["/", "/v1", "/models"])("there is nothing at %s", async (path) => {
    await withCandor({}, async ({ url, received }) => {
      expect((await fetch(url + path)).status).toBe(404);
      expect(received).toEqual([]);
    });
  });
});

/** An endpoint that nobody has thought of yet: its answers have a `poem`, its streams lines of it. */
const poems: Dialect = {
  ...chat,
  path: "/poems",
  wholeAt: "parts",
  findRequestFlaw: () => undefined,
  findAnswerFault: ({ poem }) =>
    poem === undefined ? silentFault("no-answer", "Upstream answered without a poem.") : undefined,
  readEvent: ({ line, end }) => ({
    fault: undefined,
    speaks: line !== undefined,
    continues: [0],
    finishes: end === true ? [0] : [],
  }),
};

/** What a client gets of an answer that upstream gives at the new endpoint. */
async function ask(type: string, body: string): Promise<{ status: number; text: string }> {
  const app = createApp(
    {
      config: configure({}),
      send: async () => new Response(body, { headers: { "content-type": type } }),
      log: quiet,
      openCalls: new Set<never>(),
      isReady: () => true,
    },
    [...NAMED, poems],
  );
  const response = await app.handle(
    new Request("http://localhost/v1/poems", {
      method: "POST",
      headers: { "content-type": "application/json", host: "localhost" },
      body: JSON.stringify({ stream: type === "text/event-stream" }),
    }),
  );
  return { status: response.status, text: await response.text() };
}

describe("a dialect of tomorrow takes one object", () => {
  test.each([
    ["a poem", "application/json", '{"poem":"Roses"}', 200, '{"poem":"Roses"}'],
    ["no poem", "application/json", "{}", 502, "without a poem"],
    ["an error first", "text/event-stream", 'data: {"error":{"code":429}}\n\n', 429, "rate_limit"],
    [
      "a whole stream",
      "text/event-stream",
      'data: {"line":"Roses"}\n\ndata: {"end":true}\n\n',
      200,
      'data: {"line":"Roses"}\n\ndata: {"end":true}\n\n',
    ],
    ["half a stream", "text/event-stream", 'data: {"line":"Roses"}\n\n', 200, '"error"'],
  ])("%s", async (_title, type, body, status, text) => {
    const answer = await ask(type, body);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
  });
});
