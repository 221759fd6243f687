import { describe, expect, test } from "bun:test";
import { createGate } from "./gate.ts";
import { readConfig } from "../config/config.ts";
import type { Failure } from "./failure.ts";

type Fields = Record<string, string>;

/** Why the gate of these settings keeps a request with these header fields out, if it does. */
function refusalOf(
  settings: Fields,
  headers: Fields,
  method = "POST",
  path = "/proxy",
): Failure["kind"] | undefined {
  const reading = readConfig(settings, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  const gate = createGate(reading.config);
  // Fetch lets nobody set some of these fields on a request.
  const request = { method, url: `http://localhost:3000${path}`, headers: new Headers(headers) };
  const refusal = gate.findForeigner(request) ?? gate.identify(request);
  return refusal.kind === "caller" ? undefined : refusal.kind;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe("without any key of our own", () => {
  const brought: [title: string, headers: Fields, refusal: Failure["kind"] | undefined][] = [
    ["a bearer token", bearer("sk-or-theirs"), undefined],
    ["a bearer token in other letters", { authorization: "bearer theirs" }, undefined],
    ["an x-api-key", { "x-api-key": "theirs" }, undefined],
    ["no key", {}, "no-key"],
    ["an empty Authorization", { authorization: "" }, "no-key"],
    ["a bearer without a token", { authorization: "Bearer" }, "no-key"],
    ["a bearer with a blank token", { authorization: "Bearer  " }, "no-key"],
    ["an empty x-api-key", { "x-api-key": "" }, "no-key"],
    ["a foreign host and a key", { ...bearer("theirs"), host: "candor.example" }, undefined],
    ["a foreign origin and a key", { ...bearer("theirs"), origin: "https://a.example" }, undefined],
  ];
  test.each(brought)("a request with %s: %j gives %p", (_title, headers, refusal) => {
    expect(refusalOf({}, headers)).toBe(refusal);
  });
});

describe("with keys for clients", () => {
  const settings = {
    OPENROUTER_API_KEY: "ours",
    PROXY_API_KEYS: "first-key-of-callers,second-key-of-callers",
  };
  const shown: [title: string, headers: Fields, refusal: Failure["kind"] | undefined][] = [
    ["the first key", bearer("first-key-of-callers"), undefined],
    ["the second key", bearer("second-key-of-callers"), undefined],
    ["a key as x-api-key", { "x-api-key": "second-key-of-callers" }, undefined],
    [
      "a key behind a scheme in other letters",
      { authorization: "BEARER first-key-of-callers" },
      undefined,
    ],
    [
      "a right key beside a wrong one",
      { ...bearer("wrong"), "x-api-key": "first-key-of-callers" },
      undefined,
    ],
    [
      "a foreign host and a key",
      { ...bearer("first-key-of-callers"), host: "candor.example" },
      undefined,
    ],
    ["no key", {}, "no-key"],
    ["no key, from this machine", { host: "localhost" }, "no-key"],
    ["an empty key", { authorization: "Bearer " }, "no-key"],
    ["a wrong key", bearer("third"), "wrong-key"],
    ["the beginning of a key", bearer("first-key-of-caller"), "wrong-key"],
    ["a key and more", bearer("first-key-of-callersx"), "wrong-key"],
    ["a key in other letters", bearer("First-key-of-callers"), "wrong-key"],
    ["the whole list", bearer("first-key-of-callers,second-key-of-callers"), "wrong-key"],
    ["the key for upstream", bearer("ours"), "wrong-key"],
    ["a wrong x-api-key", { "x-api-key": "third" }, "wrong-key"],
  ];
  test.each(shown)("a request with %s: %j gives %p", (_title, headers, refusal) => {
    expect(refusalOf(settings, headers)).toBe(refusal);
  });
});

describe("with a key for upstream and none for clients", () => {
  const settings = { OPENROUTER_API_KEY: "ours", CORS_ORIGINS: "https://a.example,http://b:1" };

  test.each([
    "localhost",
    "localhost:3000",
    "LocalHost:3000",
    "127.0.0.1",
    "127.0.0.1:3000",
    "[::1]",
    "[::1]:3000",
  ])("the host %s is this machine", (host) => {
    expect(refusalOf(settings, { host })).toBeUndefined();
  });

  test.each([
    "evil.example",
    "evil.example:3000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:127.0.0.1",
    "192.168.0.2:3000",
    "0.0.0.0:3000",
    "[::]:3000",
    "",
  ])("the host %p is foreign", (host) => {
    expect(refusalOf(settings, { host })).toBe("foreign-host");
  });

  test("a request without a host is foreign", () => {
    expect(refusalOf(settings, {})).toBe("foreign-host");
  });

  test.each(["https://a.example", "http://b:1"])("a page of %s, which is listed, may", (origin) => {
    expect(refusalOf(settings, { host: "localhost", origin })).toBeUndefined();
  });

  test.each([
    "https://evil.example",
    "http://a.example",
    "https://a.example:8443",
    "https://a.example.evil.example",
    "http://b",
    "http://localhost:3000",
    "null",
  ])("a page of %s may not", (origin) => {
    expect(refusalOf(settings, { host: "localhost", origin })).toBe("foreign-origin");
  });

  test("no page may where no origins are listed", () => {
    const headers = { host: "localhost", origin: "https://a.example" };
    expect(refusalOf({ OPENROUTER_API_KEY: "ours" }, headers)).toBe("foreign-origin");
  });

  const link = { host: "localhost", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  const visits: [title: string, headers: Fields, method: string, path: string, may: boolean][] = [
    ["a link to the page", { ...link, "sec-fetch-dest": "document" }, "GET", "/", true],
    ["a link to the documents", link, "GET", "/docs?x=1", true],
    ["a link to an endpoint", link, "GET", "/v1/models", false],
    ["a form for the page", link, "POST", "/", false],
    ["the page within a frame", { ...link, "sec-fetch-dest": "iframe" }, "GET", "/", false],
    ["a script that reads the page", { ...link, "sec-fetch-mode": "no-cors" }, "GET", "/", false],
    ["a link by a foreign host", { ...link, host: "evil.example" }, "GET", "/", false],
  ];
  test.each(visits)("from elsewhere: %s", (_title, headers, method, path, may) => {
    expect(refusalOf(settings, headers, method, path) === undefined).toBe(may);
  });

  test("a listed origin does not make up for a foreign host", () => {
    const headers = { host: "evil.example", origin: "https://a.example" };
    expect(refusalOf(settings, headers)).toBe("foreign-host");
  });

  test("a key that the caller shows is not needed, and does not help", () => {
    expect(refusalOf(settings, { host: "localhost", ...bearer("any") })).toBeUndefined();
    expect(refusalOf(settings, { host: "evil.example", ...bearer("ours") })).toBe("foreign-host");
  });
});
