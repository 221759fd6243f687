import { describe, expect, test } from "bun:test";
import { atOnce, PLAIN, type RawProxy, startRawProxy } from "../harness/raw-proxy.ts";
import { ANSWER } from "../harness/stream-events.ts";

const KEYS = { PROXY_API_KEYS: "team-a=0123456789abcdef, 0123456789ABCDEF" };

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** The record of a request with these header fields, which upstream answers. */
async function recordOf(proxy: RawProxy, headers: Record<string, string>) {
  const entry = proxy.nextEntry();
  const answer = proxy.post(PLAIN, { headers });
  await (await proxy.upstream.next()).json(ANSWER);
  await answer;
  return atOnce(entry);
}

/** The same of one that is refused. */
async function recordOfRefused(proxy: RawProxy, headers: Record<string, string>) {
  const entry = proxy.nextEntry();
  await proxy.post(PLAIN, { headers });
  return atOnce(entry);
}

describe("the record says who called", () => {
  test("by the name of a key, where it has one", async () => {
    await using proxy = startRawProxy(KEYS);
    expect(await recordOf(proxy, bearer("0123456789abcdef"))).toMatchObject({ keyName: "team-a" });
    expect(await recordOf(proxy, bearer("0123456789ABCDEF"))).not.toHaveProperty("keyName");
    expect(await recordOfRefused(proxy, bearer("0123456789abcdeX"))).not.toHaveProperty("keyName");
    expect(await recordOf(proxy, { "x-api-key": "0123456789abcdef" })).toMatchObject({
      keyName: "team-a",
    });
  });

  const hops: [trusted: string, forwarded: string | undefined, client: string][] = [
    ["", undefined, "127.0.0.1"],
    ["", "203.0.113.7", "127.0.0.1"],
    ["10.0.0.0/8", "203.0.113.7", "127.0.0.1"],
    ["127.0.0.1", undefined, "127.0.0.1"],
    ["127.0.0.1", "203.0.113.7", "203.0.113.7"],
    ["127.0.0.0/8", "192.0.2.1, 203.0.113.7", "203.0.113.7"],
    ["127.0.0.0/8,10.0.0.0/8", "192.0.2.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"],
    ["127.0.0.0/8,10.0.0.0/8", "10.0.0.1,10.0.0.2", "10.0.0.1"],
    ["127.0.0.0/8,fd00::/8", "203.0.113.7:4711, [fd00::1]:80", "203.0.113.7"],
    ["127.0.0.0/8", "2001:db8::1", "2001:db8::1"],
    ["127.0.0.0/8", "::ffff:203.0.113.7", "203.0.113.7"],
    ["127.0.0.0/8", "203.0.113.7, unknown", "127.0.0.1"],
    ["127.0.0.0/8", "<script>", "127.0.0.1"],
  ];
  test.each(hops)(
    "with TRUSTED_PROXIES %j, %p comes from %s",
    async (trusted, forwarded, client) => {
      await using proxy = startRawProxy({ TRUSTED_PROXIES: trusted });
      const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
      expect(await recordOf(proxy, headers)).toMatchObject({ client });
    },
  );

  test("also where the request is refused, for a wrong key or for a path", async () => {
    await using proxy = startRawProxy({ ...KEYS, TRUSTED_PROXIES: "127.0.0.1" });
    const headers = { "x-forwarded-for": "203.0.113.7", authorization: "Bearer wrong" };
    expect(await recordOfRefused(proxy, headers)).toMatchObject({
      rule: "wrong-key",
      client: "203.0.113.7",
    });
    const entry = proxy.nextEntry();
    await Bun.fetch(`${proxy.url}/nowhere`, { headers });
    expect(await atOnce(entry)).toMatchObject({ rule: "unknown-path", client: "203.0.113.7" });
  });
});

test("wrong keys are counted by the client's address", async () => {
  await using proxy = startRawProxy({ ...KEYS, TRUSTED_PROXIES: "127.0.0.1" });
  for (const client of ["203.0.113.7", "203.0.113.8", "203.0.113.7"]) {
    const headers = { "x-forwarded-for": client, authorization: "Bearer wrong" };
    expect((await proxy.post(PLAIN, { headers })).status).toBe(401);
  }
  await proxy.post(PLAIN);
  expect([...proxy.wrongKeys()]).toEqual([
    ["203.0.113.7", 2],
    ["203.0.113.8", 1],
  ]);
});
