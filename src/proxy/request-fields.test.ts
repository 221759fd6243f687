import { describe, expect, test } from "bun:test";
import { upstreamRequestHeaders } from "./request-fields.ts";

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

const upstreamHeaders = (client: Headers, key: string | undefined) =>
  new Headers(upstreamRequestHeaders(client, key));

describe("upstreamRequestHeaders", () => {
  test.each([
    "authorization",
    "content-type",
    "accept",
    "user-agent",
    "http-referer",
    "x-title",
    "x-openrouter-title",
    "x-openrouter-anything-new",
    "x-api-key",
    "anthropic-version",
    "anthropic-beta",
    "x-session-id",
    "traceparent",
    "tracestate",
    "idempotency-key",
  ])("%s goes upstream", (name) => {
    const headers = upstreamHeaders(new Headers({ [name]: "a value" }), undefined);
    expect(headers.get(name)).toBe("a value");
  });

  test.each([
    ...HOP_BY_HOP,
    "connection",
    "cookie",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "forwarded",
    "x-real-ip",
    "host",
    "origin",
    "referer",
    "content-length",
    "content-encoding",
    "expect",
    "x-request-id",
    "x-candor-hold-ms",
    "x-openroute",
    "x-anything",
  ])("%s does not go upstream", (name) => {
    const headers = upstreamHeaders(new Headers({ [name]: "1" }), undefined);
    expect(headers.has(name)).toBe(false);
  });

  test("the spelling of a name makes no difference", () => {
    const client = new Headers({ "X-Title": "App", "X-OpenRouter-Categories": "a", COOKIE: "b=1" });
    const { "accept-encoding": _encoding, ...passed } = upstreamHeaders(client, undefined).toJSON();
    expect(passed).toEqual({ "x-title": "App", "x-openrouter-categories": "a" });
  });

  test("what Connection names stays here, even where it is on the list", () => {
    const client = new Headers({
      connection: "keep-alive, X-Title ,x-openrouter-debug",
      "x-title": "App",
      "x-openrouter-debug": "1",
      "x-session-id": "s",
    });
    const { "accept-encoding": _encoding, ...passed } = upstreamHeaders(client, undefined).toJSON();
    expect(passed).toEqual({ "x-session-id": "s" });
  });

  test("upstream is asked for an answer that is not compressed, whatever the client takes", () => {
    const client = new Headers({ "accept-encoding": "gzip, br" });
    expect(upstreamHeaders(client, undefined).get("accept-encoding")).toBe("identity");
    expect(upstreamHeaders(new Headers(), "key").get("accept-encoding")).toBe("identity");
  });

  test("without a key of our own the client's own key goes upstream", () => {
    const client = new Headers({ authorization: "Bearer theirs", "x-api-key": "theirs too" });
    const headers = upstreamHeaders(client, undefined);
    expect(headers.get("authorization")).toBe("Bearer theirs");
    expect(headers.get("x-api-key")).toBe("theirs too");
  });

  test("a key of our own replaces every key of the client's", () => {
    const client = new Headers({ authorization: "Bearer theirs", "x-api-key": "theirs too" });
    const headers = upstreamHeaders(client, "ours");
    expect(headers.get("authorization")).toBe("Bearer ours");
    expect(headers.has("x-api-key")).toBe(false);
  });

  test("a key of our own goes upstream even where Connection names its field", () => {
    const client = new Headers({ connection: "authorization", authorization: "Bearer theirs" });
    expect(upstreamHeaders(client, "ours").get("authorization")).toBe("Bearer ours");
  });

  test("the client's header fields are left as they were", () => {
    const client = new Headers({ authorization: "Bearer theirs" });
    upstreamHeaders(client, "ours");
    expect(client.toJSON()).toEqual({ authorization: "Bearer theirs" });
  });
});
