import { afterAll, beforeAll, expect, test } from "bun:test";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { throughMsw } from "../harness/ways.ts";
import type { CaseSeen } from "./ask-cases.ts";
import { decidedFields } from "./decided-fields.ts";
import { buildTheLibrary, runStrictly } from "./node.ts";
import { limitsFor } from "./through-fetch.ts";

const FIXTURES = loadFixtures();
const simulator = startSimulator({
  answer: ({ headers }) => FIXTURES.get(headers.get("x-openrouter-fixture") ?? "")?.response,
});
const seen = new Map<string, CaseSeen>();

beforeAll(async () => {
  await buildTheLibrary();
  const cases = [...FIXTURES].map(([name, fixture]) => ({
    name,
    ...fixture.request,
    options: limitsFor(fixture),
  }));
  const output = await runStrictly("node-cases.ts", { baseUrl: simulator.url, cases });
  const all: CaseSeen[] = JSON.parse(output);
  for (const each of all) seen.set(each.name, each);
}, 60_000);

afterAll(() => simulator.stop());

test.each([...FIXTURES])(
  "%s gives the same on Node as through the proxy",
  async (name, fixture) => {
    const onNode = seen.get(name);
    const proxied = await throughMsw(name, fixture);
    expect(onNode?.status).toBe(proxied.status);
    expect(onNode?.isBroken).toBe(proxied.isBroken);
    expect(Buffer.from(onNode?.body ?? "", "base64").toString()).toBe(
      Buffer.from(proxied.body).toString(),
    );
    expect(decidedFields(onNode?.headers ?? [])).toEqual(
      decidedFields(Object.entries(proxied.headers)),
    );
  },
);
