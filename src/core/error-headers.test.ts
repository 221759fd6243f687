import { describe, expect, test } from "bun:test";
import { readClaim } from "./claim.ts";
import { toErrorBody } from "./error-body.ts";
import { errorHeaders } from "./error-headers.ts";
import { type Fault, silentFault } from "./fault.ts";

/** A failed answer, as its parts are put together. */
const answerOf = (said: Fault, upstream: { status: number; headers: Headers }, now: number) => ({
  status: readClaim(upstream.status, said).status,
  headers: errorHeaders(said, readClaim(upstream.status, said), upstream, now, 0),
  body: toErrorBody(readClaim(upstream.status, said), said),
});

describe("errorHeaders", () => {
  const fault: Fault = {
    rule: "error-in-body",
    error: { message: "Rate limited", code: 429, metadata: { retry_after_seconds: 2.5 } },
    beside: { id: "gen-1", user_id: "user_1" },
    sentence: "Upstream failed.",
  };
  const answerTo = (headers: Record<string, string>, status = 200) =>
    answerOf(fault, { status, headers: new Headers(headers) }, Date.UTC(2026, 0, 1));

  test("the answer has the status that the error claims, its advice and OpenAI's form", () => {
    const answer = answerTo({});
    expect(answer.status).toBe(429);
    expect(answer.headers.toJSON()).toEqual({
      "cache-control": "no-store",
      "content-type": "application/json",
      "proxy-status": 'candor; received-status=200; details="error-in-body"',
      "retry-after": "3",
      "x-should-retry": "true",
    });
    expect(answer.body).toEqual({
      error: {
        message: "Rate limited",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: { retry_after_seconds: 2.5, error_type: "rate_limit_exceeded" },
      },
      id: "gen-1",
    });
  });

  test("a failure's own status is kept, and named in Proxy-Status", () => {
    const answer = answerTo({}, 403);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("proxy-status")).toContain("received-status=403;");
  });

  test("the header fields of the replaced body give way, and all that may pass does", () => {
    const { headers } = answerTo({
      "content-type": "text/event-stream",
      "content-length": "3",
      "content-encoding": "gzip",
      "cache-control": "public",
      "set-cookie": "a=1",
      "x-should-retry": "false",
      "x-generation-id": "gen-1",
      "x-ratelimit-limit": "20",
      "retry-after-ms": "2500",
    });
    expect(headers.toJSON()).toEqual({
      "cache-control": "no-store",
      "content-type": "application/json",
      "proxy-status": 'candor; received-status=200; details="error-in-body"',
      "retry-after": "3",
      "retry-after-ms": "2500",
      "x-generation-id": "gen-1",
      "x-ratelimit-limit": "20",
      "x-should-retry": "true",
    });
  });

  test("a Retry-After that can be read passes, and one that cannot does not", () => {
    expect(answerTo({ "retry-after": "17" }).headers.get("retry-after")).toBe("17");
    expect(answerTo({ "retry-after": "soon" }).headers.get("retry-after")).toBe("3");
    const silent = silentFault("cut", "The connection broke off.");
    const upstream = { status: 200, headers: new Headers({ "retry-after": "soon" }) };
    expect(answerOf(silent, upstream, 0).headers.has("retry-after")).toBe(false);
  });

  test("a list that is longer than any is dropped, unread", () => {
    const { headers } = answerTo({ "proxy-status": "a;b=c, ".repeat(1000) + "d" });
    expect(headers.get("proxy-status")).toStartWith("candor; ");
  });

  test("Candor is added behind the proxies that upstream's answer came through", () => {
    const { headers } = answerTo({ "proxy-status": "edge; received-status=200" });
    expect(headers.get("proxy-status")).toBe(
      'edge; received-status=200, candor; received-status=200; details="error-in-body"',
    );
  });

  test.each(["", "a,", "a b", 'bad bad =;"', 'a; details="open'])(
    "behind %j, which is no list, nobody would read it",
    (field) => {
      const { headers } = answerTo({ "proxy-status": field });
      expect(headers.get("proxy-status")).toBe(
        'candor; received-status=200; details="error-in-body"',
      );
    },
  );

  test.each(["edge", '"a b";error=x', 'a; details="b, c", d;next-hop=10.0.0.1'])(
    "it stands behind %j, which is a list",
    (field) => {
      const { headers } = answerTo({ "proxy-status": field });
      expect(headers.get("proxy-status")).toStartWith(`${field}, candor; `);
    },
  );

  test("a fault without words is a 502 with a sentence", () => {
    const silent = silentFault("ended-early", "Upstream's stream ended before the answer did.");
    const answer = answerOf(silent, { status: 200, headers: new Headers() }, 0);
    expect(answer.status).toBe(502);
    expect(answer.body.error).toEqual({
      message: "502 Bad Gateway: Upstream's stream ended before the answer did.",
      type: "server_error",
      param: null,
      code: "provider_unavailable",
    });
  });
});
