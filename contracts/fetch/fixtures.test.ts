import { expect, test } from "bun:test";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { throughMsw } from "../harness/ways.ts";
import { decidedFields } from "./decided-fields.ts";
import { throughFetch } from "./through-fetch.ts";

test.each([...loadFixtures()])(
  "%s gives the same in process as through the proxy",
  async (name, fixture) => {
    const inProcess = await throughFetch(name, fixture);
    const proxied = await throughMsw(name, fixture);
    expect(inProcess.status).toBe(proxied.status);
    expect(inProcess.isBroken).toBe(proxied.isBroken);
    expect(Buffer.from(inProcess.body).toString()).toBe(Buffer.from(proxied.body).toString());
    expect(Buffer.from(inProcess.body)).toEqual(Buffer.from(proxied.body));
    expect(decidedFields(Object.entries(inProcess.headers))).toEqual(
      decidedFields(Object.entries(proxied.headers)),
    );
  },
);
