import { describe, expect, test } from "bun:test";
import { askRaw } from "../harness/ask-raw.ts";
import { HELLO, withCandor } from "../harness/candor.ts";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, DONE, FINISH, textEvent } from "../harness/stream-events.ts";

const ORIGIN = "https://app.example";
const SETTINGS = { CORS_ORIGINS: ORIGIN, PROXY_API_KEYS: "a-key-of-a-caller" };
const KEY = { authorization: "Bearer a-key-of-a-caller" };

describe("every answer says that it is nothing else, and nobody else's", () => {
  const asked: [method: string, path: string, more: Record<string, string>, status: number][] = [
    ["POST", "/proxy", KEY, 200],
    ["POST", "/proxy", {}, 401],
    ["GET", "/proxy", KEY, 405],
    ["POST", "/v1/rerank", KEY, 200],
    ["GET", "/v1/models", KEY, 200],
    ["HEAD", "/v1/models", KEY, 200],
    ["GET", "/healthz", {}, 200],
    ["POST", "/readyz", {}, 405],
    ["GET", "/nowhere", {}, 404],
    ["HEAD", "/", {}, 200],
    ["POST", "/v1/a%2f..%2fb", KEY, 404],
  ];
  test.each(asked)("%s %s, with %j", async (method, path, more, status) => {
    await withCandor({ settings: SETTINGS }, async ({ url }) => {
      const body = method === "POST" ? HELLO : null;
      for (const [page, policy] of [
        [{}, "same-origin"],
        [{ origin: "https://evil.example" }, "same-origin"],
        [{ origin: ORIGIN }, "cross-origin"],
      ] as const) {
        const headers = { "content-type": "application/json", ...more, ...page };
        const response = await Bun.fetch(url + path, { method, headers, body });
        expect(response.status).toBe(status);
        expect(response.headers.get("x-content-type-options")).toBe("nosniff");
        expect(response.headers.get("cross-origin-resource-policy")).toBe(policy);
      }
    });
  });

  test("a preflight, and where CORS is not configured", async () => {
    await withCandor({ settings: SETTINGS }, async ({ url }) => {
      const headers = { origin: ORIGIN, "access-control-request-method": "POST" };
      const response = await Bun.fetch(`${url}/proxy`, { method: "OPTIONS", headers });
      expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    });
    await withCandor({}, async ({ post }) => {
      const { headers } = await post(HELLO);
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    });
  });
});

const WITHHELD = [
  "Access-Control-Allow-Origin: *",
  "Access-Control-Allow-Credentials: true",
  "Access-Control-Expose-Headers: x-secret",
  "Reporting-Endpoints: a=https://upstream.example",
  "Report-To: {}",
  "NEL: {}",
  "Set-Cookie: a=b",
  "Set-Cookie2: a=b",
  'Clear-Site-Data: "*"',
  "Service-Worker-Allowed: /",
  "Refresh: 0; url=https://evil.example",
  "Alt-Svc: h3",
  "Strict-Transport-Security: max-age=1",
  "Server: upstream",
  "CF-Cache-Status: HIT",
  "Cross-Origin-Resource-Policy: cross-origin",
];

test.each([200, 429])("what upstream says of its own site stays there: %d", async (status) => {
  await using proxy = startRawProxy();
  using client = await connectTo(proxy.url);
  client.send(postBytes(PLAIN));
  const asked = await proxy.upstream.next();
  const lines = [...WITHHELD, "CF-Ray: 1", "X-Request-Id: theirs", "X-Generation-Id: gen-1"];
  const head = `content-type: application/json\r\ncontent-length: ${ANSWER.length}`;
  await asked.write(`HTTP/1.1 ${status} X\r\n${lines.join("\r\n")}\r\n${head}\r\n\r\n${ANSWER}`);
  const [answer = ""] = (await client.receivedUpTo("}")).toLowerCase().split("\r\n\r\n");
  for (const line of WITHHELD) expect(answer).not.toContain(`\r\n${line.toLowerCase()}`);
  expect(answer).not.toContain("access-control-");
  expect(answer).toContain("\r\ncf-ray: 1");
  expect(answer).toContain("\r\nx-openrouter-request-id: theirs");
  expect(answer.match(/\r\nx-request-id: (.*)/g)).toHaveLength(1);
  expect(answer).not.toContain("\r\nx-request-id: theirs");
});

test("a stream is not held back by nginx, and only a stream says so", async () => {
  await using proxy = startRawProxy();
  for (const [body, isStream] of [
    [STREAM, true],
    [PLAIN, false],
  ] as const) {
    const answer = proxy.post(body);
    const asked = await proxy.upstream.next();
    await asked.begin(isStream ? "text/event-stream" : "application/json");
    await asked.chunk(isStream ? textEvent("Hello") + FINISH + DONE : ANSWER);
    await asked.finish();
    const { status, headers } = await answer;
    expect([status, headers.get("x-accel-buffering")]).toEqual([200, isStream ? "no" : null]);
  }
});

describe("answers of messages have a request-id, as Anthropic's have", () => {
  const body = '{"messages":[{"role":"user","content":"Hi"}]}';
  const ask = (url: string, more = {}) =>
    Bun.fetch(`${url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", ...more },
      body,
    });

  test("Candor's own, or upstream's where there is one", async () => {
    await using proxy = startRawProxy();
    for (const [line, id] of [
      ["", "req_1"],
      ["\r\nrequest-id: req_theirs", "req_theirs"],
    ]) {
      const answer = ask(proxy.url, { "x-request-id": "req_1" });
      const asked = await proxy.upstream.next();
      await asked.begin(`application/json${line}`);
      await asked.chunk('{"type":"message","content":[{"type":"text","text":"Hi"}]}');
      await asked.finish();
      expect((await answer).headers.get("request-id")).toBe(id ?? "");
    }
  });

  test("and no others", async () => {
    await withCandor({}, async ({ post }) => {
      expect((await post(HELLO)).headers.get("request-id")).toBeNull();
    });
  });
});

describe("what goes upstream of a head", () => {
  test("the affinity of a session, and a content type that was sent twice once", async () => {
    await withCandor({}, async ({ url, received }) => {
      const fields = "x-session-affinity: s1\r\ncontent-type: application/json";
      const line = `POST /proxy HTTP/1.1\r\n${fields}\r\ncontent-type: application/json`;
      const answer = await askRaw(
        url,
        `${line}\r\ncontent-length: ${HELLO.length}`,
        "localhost",
        HELLO,
      );
      expect(answer).toStartWith("HTTP/1.1 200 ");
      const [first] = received;
      expect(first?.headers.get("x-session-affinity")).toBe("s1");
      expect(first?.headers.get("content-type")).toBe("application/json");
    });
  });

  test("two content types that differ are 415", async () => {
    await withCandor({}, async ({ url, received }) => {
      const fields = "content-type: text/plain\r\ncontent-type: application/json";
      const line = `POST /proxy HTTP/1.1\r\n${fields}\r\ncontent-length: ${HELLO.length}`;
      const answer = await askRaw(url, line, "localhost", HELLO);
      expect(answer).toStartWith("HTTP/1.1 415 ");
      expect(received).toEqual([]);
    });
  });
});
