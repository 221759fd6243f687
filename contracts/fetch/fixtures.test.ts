import { expect, test } from "bun:test";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { throughMsw } from "../harness/ways.ts";
import { throughFetch } from "./through-fetch.ts";

/** What a server adds to its answers, whatever the core decides about them. */
const SERVER_FIELDS = new Set([
  "access-control-allow-credentials",
  "access-control-expose-headers",
  "cross-origin-resource-policy",
  "request-id",
  "vary",
  "x-accel-buffering",
  "x-content-type-options",
  "x-openrouter-request-id",
]);

test.each([...loadFixtures()])(
  "%s gives the same in process as through the proxy",
  async (name, fixture) => {
    const inProcess = await throughFetch(name, fixture);
    const proxied = await throughMsw(name, fixture);
    expect(inProcess.status).toBe(proxied.status);
    expect(Buffer.from(inProcess.body).toString()).toBe(Buffer.from(proxied.body).toString());
    expect(Buffer.from(inProcess.body)).toEqual(Buffer.from(proxied.body));
    expect(decided(inProcess.headers)).toEqual(decided(proxied.headers));
  },
);

/** The header fields that the core decides. */
function decided(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !SERVER_FIELDS.has(name)));
}
