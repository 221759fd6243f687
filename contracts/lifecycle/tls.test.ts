import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBinary, startBinary } from "../harness/candor-binary.ts";
import { startOutgoingProxy } from "../harness/outgoing-proxy.ts";
import { PLAIN, postTo } from "../harness/raw-proxy.ts";
import { startRawUpstream } from "../harness/raw-upstream.ts";
import { ANSWER } from "../harness/stream-events.ts";
import { startTlsUpstream, type TlsUpstream, UPSTREAM_NAME } from "../harness/tls-upstream.ts";

let upstream: TlsUpstream;
let folder: string;
/** What makes the program trust the private authority. */
let trust: { NODE_EXTRA_CA_CERTS: string };

beforeAll(async () => {
  await buildBinary();
  upstream = await startTlsUpstream();
  folder = await mkdtemp(join(tmpdir(), "candor-tls-"));
  trust = { NODE_EXTRA_CA_CERTS: join(folder, "authority.pem") };
  await Bun.write(trust.NODE_EXTRA_CA_CERTS, upstream.authority);
}, 60_000);

afterAll(async () => {
  await upstream[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe("an upstream with a certificate of a private authority", () => {
  test("answers, where NODE_EXTRA_CA_CERTS names that authority", async () => {
    const OPENROUTER_BASE_URL = `https://127.0.0.1:${upstream.port}/api/v1`;
    await using candor = await startBinary({ environment: { OPENROUTER_BASE_URL, ...trust } });
    const answer = await postTo(candor.url, PLAIN);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(ANSWER);
  });

  test("is a 502 that names the reason, where nothing does", async () => {
    const OPENROUTER_BASE_URL = `https://127.0.0.1:${upstream.port}/api/v1`;
    await using candor = await startBinary({ environment: { OPENROUTER_BASE_URL } });
    const before = upstream.count();
    const answer = await postTo(candor.url, PLAIN);
    expect(answer.status).toBe(502);
    expect(await answer.text()).toMatch(/UNABLE_TO_|CERT/);
    expect(upstream.count()).toBe(before);
  });

  test("is a 502 that names the reason, where it is made out to another name", async () => {
    const OPENROUTER_BASE_URL = `https://localhost:${upstream.port}/api/v1`;
    await using candor = await startBinary({ environment: { OPENROUTER_BASE_URL, ...trust } });
    const answer = await postTo(candor.url, PLAIN);
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
  });
});

describe.each(["HTTPS_PROXY", "https_proxy"])("the outgoing proxy that %s names", (variable) => {
  test("carries a request to upstream through a tunnel", async () => {
    using proxy = startOutgoingProxy(upstream.port);
    const OPENROUTER_BASE_URL = `https://${UPSTREAM_NAME}/api/v1`;
    const environment = { OPENROUTER_BASE_URL, ...trust, [variable]: proxy.url };
    await using candor = await startBinary({ environment });
    const answer = await postTo(candor.url, PLAIN);
    expect(await answer.text()).toBe(ANSWER);
    expect(answer.status).toBe(200);
    expect(proxy.asked).toEqual([`CONNECT ${UPSTREAM_NAME}:443 HTTP/1.1`]);
  });

  test("is passed by for a host that NO_PROXY names", async () => {
    using proxy = startOutgoingProxy(upstream.port);
    const OPENROUTER_BASE_URL = `https://127.0.0.1:${upstream.port}/api/v1`;
    const direct = { NO_PROXY: "example.com,127.0.0.1", [variable]: proxy.url };
    await using candor = await startBinary({
      environment: { OPENROUTER_BASE_URL, ...trust, ...direct },
    });
    expect((await postTo(candor.url, PLAIN)).status).toBe(200);
    expect(proxy.asked).toEqual([]);
  });
});

test("an outgoing proxy that is not there becomes a 502", async () => {
  using gone = startRawUpstream();
  gone[Symbol.dispose]();
  const OPENROUTER_BASE_URL = `https://${UPSTREAM_NAME}/api/v1`;
  const environment = { OPENROUTER_BASE_URL, HTTPS_PROXY: new URL(gone.url).origin };
  await using candor = await startBinary({ environment });
  expect((await postTo(candor.url, PLAIN)).status).toBe(502);
});

test("the outgoing proxy that HTTP_PROXY names is asked for an upstream without TLS", async () => {
  using proxy = startRawUpstream();
  const OPENROUTER_BASE_URL = `http://${UPSTREAM_NAME}/api/v1`;
  const environment = { OPENROUTER_BASE_URL, HTTP_PROXY: new URL(proxy.url).origin };
  await using candor = await startBinary({ environment });
  const answer = postTo(candor.url, PLAIN);
  const asked = await proxy.next();
  await asked.json(ANSWER);
  expect((await answer).status).toBe(200);
  expect(asked.request.path).toBe(`http://${UPSTREAM_NAME}/api/v1/chat/completions`);
  expect(Buffer.from(asked.request.body).toString()).toBe(PLAIN);
});
