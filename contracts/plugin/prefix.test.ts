import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { candor, type CandorOptions } from "../../src/server/plugin.ts";
import { atOnce, PLAIN, STREAM } from "../harness/raw-proxy.ts";
import { type RawExchange, type RawUpstream, startRawUpstream } from "../harness/raw-upstream.ts";

const EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"Grüße"}}]}\n\n';
const RATE_LIMIT = '{"error":{"code":429,"message":"Slow down"}}';

const HOST_TYPE = { headers: { "content-type": "text/host" } };

/** Somebody else's application, with Candor below `/ai`. */
interface Host extends AsyncDisposable {
  url: string;
  upstream: RawUpstream;
  post(path: string, body: string, init?: RequestInit): Promise<Response>;
}

/** Starts it, with the hooks that applications have: fields on every answer, a parser, errors. */
function startHost(options: CandorOptions = {}): Host {
  const upstream = startRawUpstream();
  const plugin = candor({
    openrouterApiKey: "host-key",
    openrouterBaseUrl: upstream.url,
    ...options,
  });
  const app = new Elysia()
    .onRequest(({ set }) => void (set.headers["x-powered-by"] = "the host"))
    .onParse(({ contentType }) => (contentType === "text/host" ? "parsed" : undefined))
    .derive(() => ({ user: "somebody" }))
    .onError(({ code }) => new Response(`the host's own ${code}`, { status: 404 }))
    .get("/", () => "the host's own page")
    .post("/chat", ({ body }) => `the host's own: ${String(body)}`)
    .use(new Elysia({ prefix: "/ai" }).use(plugin))
    .listen({ hostname: "127.0.0.1", port: 0 });
  const url = app.server?.url.origin ?? "";
  return {
    url,
    upstream,
    post: (path, body, init) =>
      Bun.fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        ...init,
      }),
    async [Symbol.asyncDispose]() {
      upstream[Symbol.dispose]();
      await app.stop(true);
    },
  };
}

test.each([
  ["/ai/proxy", "/api/v1/chat/completions"],
  ["/ai/proxy?a=b", "/api/v1/chat/completions?a=b"],
  ["/ai/v1/chat/completions", "/api/v1/chat/completions"],
  ["/ai/v1/images/generations", "/api/v1/images/generations"],
  ["/ai/v1/ai/v1/a%2Fb?c=d%20e", "/api/v1/ai/v1/a%2Fb?c=d%20e"],
])(
  "below a prefix, %s goes to upstream's %s, body and key as they should be",
  async (path, asked) => {
    await using host = startHost();
    const answer = host.post(path, PLAIN);
    const exchange = await atOnce(host.upstream.next());
    expect(exchange.request.path).toBe(asked);
    expect(exchange.request.headers.get("authorization")).toBe("Bearer host-key");
    expect(Buffer.from(exchange.request.body).toString()).toBe(PLAIN);
    await exchange.json(RATE_LIMIT);
    const response = await answer;
    expect(response.status).toBe(429);
    expect(response.headers.get("x-powered-by")).toBe("the host");
    expect(await response.json()).toMatchObject({ error: { type: "rate_limit_error" } });
  },
);

test("a prefix may have parameters", async () => {
  using upstream = startRawUpstream();
  const plugin = candor({ openrouterApiKey: "host-key", openrouterBaseUrl: upstream.url });
  const app = new Elysia().group("/of/:team", (group) => group.use(plugin));
  const answer = app.handle(localRequest("/of/blue/v1/models"));
  const exchange = await atOnce(upstream.next());
  expect(exchange.request.path).toBe("/api/v1/models");
  await exchange.json("{}");
  expect((await answer).status).toBe(200);
});

test("two plugins in one application have each its own key", async () => {
  using upstream = startRawUpstream();
  const openrouterBaseUrl = upstream.url;
  const app = new Elysia()
    .group("/a", (group) => group.use(candor({ openrouterBaseUrl, openrouterApiKey: "key-of-a" })))
    .group("/b", (group) => group.use(candor({ openrouterBaseUrl, openrouterApiKey: "key-of-b" })));
  for (const name of ["a", "b"]) {
    const answer = app.handle(localRequest(`/${name}/v1/models`));
    const exchange = await atOnce(upstream.next());
    expect(exchange.request.headers.get("authorization")).toBe(`Bearer key-of-${name}`);
    await exchange.json("{}");
    await answer;
  }
});

test("a stream crosses the host's hooks as it comes, byte for byte", async () => {
  await using host = startHost();
  const [reader, exchange] = await openStream(host);
  const [first, second] = halves(EVENT);
  await exchange.chunk(first);
  await exchange.chunk(second);
  expect(await readText(reader, EVENT.length)).toBe(EVENT);
  await exchange.finish();
});

test("a stream that breaks off ends with the truth in the host, too", async () => {
  await using host = startHost();
  const [reader, exchange] = await openStream(host);
  await exchange.chunk(EVENT);
  expect(await readText(reader, EVENT.length)).toBe(EVENT);
  exchange.reset();
  expect(await readText(reader, 1)).toContain('"status":502');
});

test("a client that leaves the host frees upstream at once", async () => {
  await using host = startHost();
  const client = new AbortController();
  const [reader, exchange] = await openStream(host, client.signal);
  await exchange.chunk(EVENT);
  await reader.read();
  client.abort();
  await atOnce(exchange.closed);
});

test("a client that leaves before an answer frees upstream at once", async () => {
  await using host = startHost();
  const client = new AbortController();
  const answer = host.post("/ai/v1/rerank", "{}", { signal: client.signal });
  answer.catch(() => {});
  const exchange = await host.upstream.next();
  client.abort();
  await atOnce(exchange.closed);
});

test("what is not Candor's stays the host's", async () => {
  await using host = startHost();
  expect(await (await Bun.fetch(host.url)).text()).toBe("the host's own page");
  expect(await (await host.post("/chat", "{}", HOST_TYPE)).text()).toBe("the host's own: parsed");
  expect(await (await host.post("/v1/chat/completions", PLAIN)).text()).toBe(
    "the host's own NOT_FOUND",
  );
  expect(host.upstream.count()).toBe(0);
});

test("a bad request is refused in Candor's words, not in the host's", async () => {
  await using host = startHost();
  const refused = await host.post("/ai/proxy", '{"messages":"hi"}');
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ error: { param: "messages" } });
  const wrong = await Bun.fetch(`${host.url}/ai/proxy`);
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
});

function localRequest(path: string): Request {
  return new Request(`http://localhost${path}`, { headers: { host: "localhost" } });
}

async function openStream(host: Host, signal?: AbortSignal) {
  const answer = host.post("/ai/v1/chat/completions", STREAM, signal && { signal });
  const exchange: RawExchange = await host.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk('data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n');
  const response = await answer;
  expect(response.status).toBe(200);
  if (response.body === null) throw new Error("The answer has no body.");
  const reader = readerOf(response.body);
  await reader.read();
  return [reader, exchange] as const;
}

function readerOf(stream: ReadableStream<Uint8Array>) {
  return stream.getReader();
}

/** The bytes of a text, cut inside its first character that takes more than one. */
function halves(text: string): [Uint8Array, Uint8Array] {
  const bytes = new TextEncoder().encode(text);
  const cut = bytes.findIndex((byte) => byte > 127) + 1;
  return [bytes.subarray(0, cut), bytes.subarray(cut)];
}

/** Reads until there are so many characters. */
async function readText(reader: ReturnType<typeof readerOf>, length: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (text.length < length) {
    const { value, done } = await atOnce(reader.read());
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

test("below a prefix, a wrong base URL gets the one to use, in the form that its clients read", async () => {
  await using host = startHost();
  const wrong = await host.post("/ai/v1/v1/messages", "{}");
  expect(wrong.status).toBe(404);
  expect(await wrong.json()).toMatchObject({
    type: "error",
    error: { message: expect.stringContaining(` ${host.url}/ai.`) },
  });
  const numbered = await host.post("/ai/api/v1/chat/completions", "{}");
  expect(numbered.status).toBe(400);
  expect(await numbered.json()).toMatchObject({ error: { code: 400 } });
});
