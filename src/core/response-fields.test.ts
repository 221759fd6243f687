import { describe, expect, test } from "bun:test";
import { clientResponseHeaders, replacedResponseHeaders } from "./response-fields.ts";

/** RFC 9110 §7.6.1, and what is used like it. */
const HOP_BY_HOP = [
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

const clientHeaders = (upstream: Headers) => new Headers(clientResponseHeaders(upstream));

test("what describes a body does not go with another one", () => {
  const names = `accept-ranges content-digest content-disposition content-language content-location
    content-md5 content-range digest etag expires last-modified location repr-digest x-kept`;
  const fields = names.split(/\s+/).map((name): [string, string] => [name, "1"]);
  expect([...replacedResponseHeaders(new Headers(fields))]).toEqual([["x-kept", "1"]]);
});

describe("clientResponseHeaders", () => {
  test.each([
    ...HOP_BY_HOP,
    "connection",
    "set-cookie",
    "content-encoding",
    "content-length",
    "alt-svc",
    "strict-transport-security",
    "server",
    "report-to",
    "nel",
    "cf-cache-status",
    "cf-anything-new",
    "access-control-allow-origin",
    "access-control-anything-new",
    "reporting-endpoints",
    "set-cookie2",
    "clear-site-data",
    "service-worker-allowed",
    "refresh",
  ])("%s does not reach the client", (name) => {
    expect(clientHeaders(new Headers({ [name]: "1" })).has(name)).toBe(false);
  });

  test.each([
    "cf-ray",
    "content-type",
    "cache-control",
    "date",
    "vary",
    "x-generation-id",
    "x-ratelimit-limit",
    "x-ratelimit-reset",
    "retry-after",
    "retry-after-ms",
    "proxy-status",
    "x-anything-new",
  ])("%s reaches the client", (name) => {
    expect(clientHeaders(new Headers({ [name]: "1" })).get(name)).toBe("1");
  });

  test("what Connection names does not reach the client", () => {
    const upstream = new Headers({ connection: "close, X-Hop", "x-hop": "1", "x-end": "2" });
    expect(clientHeaders(upstream).toJSON()).toEqual({ "x-end": "2" });
  });

  test("what Connection names is named exactly: a part of a name is none, nor is what is no name", () => {
    const upstream = new Headers({
      connection: "x-ho, x hop,, x-hop-2",
      "x-hop": "1",
      "x-hop-2": "2",
    });
    expect([...clientHeaders(upstream)]).toEqual([["x-hop", "1"]]);
  });

  test("no cookie passes, however many there are", () => {
    const upstream = new Headers([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["x-end", "1"],
    ]);
    expect([...clientHeaders(upstream)]).toEqual([["x-end", "1"]]);
  });

  test("a field that came twice keeps both values", () => {
    const upstream = new Headers([
      ["link", "<a>"],
      ["link", "<b>"],
    ]);
    expect(clientHeaders(upstream).get("link")).toBe("<a>, <b>");
  });
});
