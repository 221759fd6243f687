import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import type { ExchangeRecord } from "../../src/observe/record.ts";
import { candor } from "../../src/server/plugin.ts";
import { fixtureOf } from "../harness/ways.ts";
import { createReplay, REPLAYED_UPSTREAM } from "../harness/replay.ts";
import { PLAIN } from "../harness/raw-proxy.ts";

const UPSTREAM = { openrouterBaseUrl: REPLAYED_UPSTREAM, openrouterApiKey: "host-key" };
const send = createReplay(fixtureOf("chat-completions/200-error-429-free-models-per-day"));

test("one line makes the mission's endpoint", async () => {
  const app = new Elysia().use(candor({ ...UPSTREAM, send }));
  const response = await app.handle(chat("localhost"));
  expect(response.status).toBe(429);
});

test("every exchange is told to onExchange, once it is over", async () => {
  const records: ExchangeRecord[] = [];
  const onExchange = (record: ExchangeRecord) => void records.push(record);
  const app = new Elysia({ prefix: "/ai" }).use(candor({ ...UPSTREAM, send, onExchange }));
  await app.handle(chat("localhost", "/ai/proxy"));
  expect(records).toMatchObject([
    { path: "/ai/proxy", route: "/proxy", upstreamStatus: 200, status: 429, outcome: "repaired" },
  ]);
});

test("the held key serves this machine only, unless callers have keys", async () => {
  const open = new Elysia().use(candor({ ...UPSTREAM, send }));
  expect((await open.handle(chat("app.example"))).status).toBe(403);
  const proxyApiKeys = ["a-key-of-a-caller"];
  const locked = new Elysia().use(candor({ ...UPSTREAM, send, proxyApiKeys }));
  expect((await locked.handle(chat("app.example"))).status).toBe(401);
  const known = chat("app.example");
  known.headers.set("authorization", "Bearer a-key-of-a-caller");
  expect((await locked.handle(known)).status).toBe(429);
});

test("a setting that cannot be what it is stops the application with its name", () => {
  expect(() => candor({ ...UPSTREAM, openrouterBaseUrl: "openrouter.ai" })).toThrow(
    "OPENROUTER_BASE_URL",
  );
  expect(() => candor({ ...UPSTREAM, streamHoldMs: -1 })).toThrow("STREAM_HOLD_MS");
});

function chat(host: string, path = "/proxy"): Request {
  const headers = { host, "content-type": "application/json" };
  return new Request(`http://${host}${path}`, { method: "POST", headers, body: PLAIN });
}
