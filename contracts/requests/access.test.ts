import { describe, expect, test } from "bun:test";
import { HELLO, withCandor } from "../harness/candor.ts";

const CLIENT_KEYS = { PROXY_API_KEYS: "first-key-of-callers, second-key-of-callers" };

describe("with a key of OpenRouter's held here, and no client keys", () => {
  test("this machine is answered, and the caller's own keys stay here", async () => {
    await withCandor({}, async (candor) => {
      const caller = { authorization: "Bearer the-callers", "x-api-key": "the-callers" };
      expect((await candor.post(HELLO, caller)).status).toBe(200);
      expect(candor.received[0]?.headers.get("authorization")).toBe("Bearer test-key");
      expect(candor.received[0]?.headers.has("x-api-key")).toBe(false);
    });
  });

  test.each(["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "10.0.0.1"])(
    "a request for the host %s is 403 and never reaches upstream",
    async (host) => {
      await withCandor({}, async (candor) => {
        const response = await candor.post(HELLO, { host });
        expect(response.status).toBe(403);
        expect(await response.json()).toEqual({
          error: {
            message: `403 Forbidden: Host ${host} is not this machine's loopback name. To serve others, set PROXY_API_KEYS.`,
            type: "permission_error",
            param: null,
            code: "permission_denied",
          },
        });
        expect(candor.received).toHaveLength(0);
      });
    },
  );

  test.each(["localhost", "localhost:3000", "127.0.0.1:1", "127.8.8.8", "[::1]:3000"])(
    "a request for the host %s is answered",
    async (host) => {
      await withCandor({}, async (candor) => {
        expect((await candor.post(HELLO, { host })).status).toBe(200);
      });
    },
  );

  test.each(["https://evil.example", "null", "http://localhost:5173"])(
    "a page of the origin %s is 403 where CORS_ORIGINS does not list it",
    async (origin) => {
      await withCandor({ settings: { CORS_ORIGINS: "https://app.example" } }, async (candor) => {
        const response = await candor.post(HELLO, { origin });
        expect(response.status).toBe(403);
        expect(response.headers.has("access-control-allow-origin")).toBe(false);
        expect(candor.received).toHaveLength(0);
      });
    },
  );

  test("a form or a text, which a page may post unasked, is 415", async () => {
    await withCandor({}, async (candor) => {
      for (const contentType of ["text/plain", "application/x-www-form-urlencoded"]) {
        const response = await candor.post(HELLO, { "content-type": contentType });
        expect(response.status).toBe(415);
      }
      expect(candor.received).toHaveLength(0);
    });
  });

  test("a probe is answered whatever its host and origin", async () => {
    await withCandor({}, async (candor) => {
      const headers = { host: "10.0.0.1", origin: "https://evil.example" };
      const response = await Bun.fetch(`${candor.url}/healthz`, { headers });
      expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
    });
  });
});

describe("with client keys", () => {
  test.each([
    { authorization: "Bearer second-key-of-callers" },
    { authorization: "bearer first-key-of-callers" },
    { "x-api-key": "first-key-of-callers" },
  ])("a caller with one of them is let in: %j", async (headers) => {
    await withCandor({ settings: CLIENT_KEYS }, async (candor) => {
      expect((await candor.post(HELLO, { ...headers, host: "candor.example" })).status).toBe(200);
      expect(candor.received[0]?.headers.get("authorization")).toBe("Bearer test-key");
      expect(candor.received[0]?.headers.has("x-api-key")).toBe(false);
    });
  });

  test.each([
    {},
    { authorization: "Bearer " },
    { authorization: "Bearer first-key-of-caller" },
    { authorization: "Bearer first-key-of-callers, second-key-of-callers" },
    { "x-api-key": "test-key" },
  ])("a caller without one of them is 401: %j", async (headers) => {
    await withCandor({ settings: CLIENT_KEYS }, async (candor) => {
      const response = await candor.post(HELLO, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(await response.json()).toMatchObject({
        error: { type: "authentication_error", code: "invalid_api_key" },
      });
      expect(candor.received).toHaveLength(0);
    });
  });
});

describe("without any key held here", () => {
  const settings = { OPENROUTER_API_KEY: "" };

  test("the caller's own key goes upstream as it is", async () => {
    await withCandor({ settings }, async (candor) => {
      expect((await candor.post(HELLO, { authorization: "Bearer mine" })).status).toBe(200);
      expect(candor.received[0]?.headers.get("authorization")).toBe("Bearer mine");
    });
  });

  test("a caller without one is 401 at once", async () => {
    await withCandor({ settings }, async (candor) => {
      expect((await candor.post(HELLO)).status).toBe(401);
      expect(candor.received).toHaveLength(0);
    });
  });
});

describe("CORS", () => {
  const settings = { CORS_ORIGINS: "https://app.example", ...CLIENT_KEYS };
  const preflight = {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization, content-type",
    },
  };

  test("the preflight of a listed origin is allowed without a key", async () => {
    await withCandor({ settings }, async (candor) => {
      const response = await Bun.fetch(`${candor.url}/proxy`, preflight);
      expect(response.status).toBe(204);
      expect(response.headers.toJSON()).toMatchObject({
        "access-control-allow-origin": "https://app.example",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "authorization, content-type",
        vary: "Origin",
      });
    });
  });

  test("the page of a listed origin may read an answer, and an error as well", async () => {
    await withCandor({ settings }, async (candor) => {
      const origin = "https://app.example";
      const good = await candor.post(HELLO, {
        origin,
        authorization: "Bearer first-key-of-callers",
      });
      const bad = await candor.post(HELLO, { origin });
      expect([good.status, bad.status]).toEqual([200, 401]);
      for (const response of [good, bad]) {
        expect(response.headers.get("access-control-allow-origin")).toBe(origin);
        expect(response.headers.get("access-control-expose-headers")).toBe("*");
      }
    });
  });

  test("without CORS_ORIGINS, OPTIONS is a wrong method", async () => {
    await withCandor({}, async (candor) => {
      const response = await Bun.fetch(`${candor.url}/proxy`, preflight);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    });
  });
});
