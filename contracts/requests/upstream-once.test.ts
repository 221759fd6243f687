import { describe, expect, test } from "bun:test";
import { startCandor } from "../harness/candor.ts";
import { atOnce, PLAIN, type RawProxy, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER } from "../harness/stream-events.ts";

/** Has a connection to upstream kept: one request is answered on it. */
async function keepConnection(proxy: RawProxy): Promise<void> {
  const answer = proxy.post(PLAIN);
  await (await proxy.upstream.next()).json(ANSWER);
  await (await answer).text();
}

describe("a request on a kept connection that upstream closes", () => {
  test.each([
    ["POST", "/proxy", PLAIN],
    ["POST", "/proxy", STREAM],
    ["POST", "/v1/rerank", "{}"],
  ])("is told as a 502 that may be tried again, and is not sent twice: %s %s", async (...row) => {
    const [method, path, body] = row;
    await using proxy = startRawProxy();
    await keepConnection(proxy);
    const entry = proxy.nextEntry();
    const headers = { "content-type": "application/json" };
    const answer = Bun.fetch(proxy.url + path, { method, headers, body });
    (await proxy.upstream.next()).reset();
    const response = await atOnce(answer);
    expect(response.status).toBe(502);
    expect(response.headers.get("x-should-retry")).toBe("true");
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("ECONNRESET"), code: "provider_unavailable" },
    });
    expect(await atOnce(entry)).toMatchObject({ rule: "unreachable", cause: "ECONNRESET" });
    expect(proxy.upstream.count()).toBe(2);
  });

  test("is sent on another one where upstream had closed it before", async () => {
    await using proxy = startRawProxy();
    const first = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    await asked.json(ANSWER);
    await (await first).text();
    asked.close();
    await asked.closed;
    const answer = proxy.post(PLAIN);
    await (await proxy.upstream.next()).json(ANSWER);
    expect((await answer).status).toBe(200);
    expect(proxy.upstream.count()).toBe(2);
  });

  test.each(["PUT", "PATCH", "DELETE"])(
    "a %s is never on one, and so is sent once",
    async (method) => {
      await using proxy = startRawProxy();
      await keepConnection(proxy);
      const answer = Bun.fetch(`${proxy.url}/v1/keys/1`, { method });
      const asked = await proxy.upstream.next();
      expect(asked.connection).toBe(2);
      asked.reset();
      expect((await atOnce(answer)).status).toBe(502);
      expect(proxy.upstream.count()).toBe(2);
    },
  );
});

test.each(["EMFILE", "ENFILE", "ENOMEM"])(
  "where no file or memory is left for a request it is a 503 that may come again: %s",
  async (code) => {
    const send = () => Promise.reject(Object.assign(new TypeError("cannot connect"), { code }));
    await using candor = startCandor({ send });
    const response = await candor.post(PLAIN);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(response.headers.get("x-should-retry")).toBe("true");
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining(code), code: "proxy_overloaded" },
    });
  },
);
