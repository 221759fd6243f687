import { afterAll, beforeAll, expect, test } from "bun:test";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { SITUATIONS } from "../clients/in-process/situations.ts";
import { configure, quiet } from "../harness/ways.ts";
import { buildTheLibrary, runStrictly } from "./node.ts";
import type { BaseUrls, SdkTrial } from "./node-sdks.ts";

/** SDKs would wait for seconds before they try again. */
const RETRY_AT_ONCE: [string, string] = ["retry-after-ms", "1"];

const FIXTURES = loadFixtures();
/** The first segments of the path say for whom, and which fixture is to be answered. */
const ASKED = /^\/(straight|proxied|preloaded)\/([^/]+)\//;
const counts: Record<string, number> = {};
const simulator = startSimulator({
  answer({ path }) {
    const [, way = "", name = ""] = ASKED.exec(path) ?? [];
    const fixture = FIXTURES.get(decodeURIComponent(name));
    if (fixture === undefined) return undefined;
    counts[`${way} ${decodeURIComponent(name)}`] =
      (counts[`${way} ${decodeURIComponent(name)}`] ?? 0) + 1;
    return { ...fixture.response, headers: [...fixture.response.headers, RETRY_AT_ONCE] };
  },
});
const servers: RunningServer[] = [];
let trials: SdkTrial[] = [];

beforeAll(async () => {
  await buildTheLibrary();
  const names = SITUATIONS.flatMap(({ fixtures }) =>
    Object.entries(fixtures).map(([endpoint, caseName]) => `${endpoint}/${caseName}`),
  );
  const baseUrls = Object.fromEntries(names.map((name) => [name, answerFixture(name)]));
  trials = JSON.parse(await runStrictly("node-sdks.ts", baseUrls));
}, 120_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.drain()));
  await simulator.stop();
});

test("on Node, every SDK ends in process as it does through Candor, in every situation", () => {
  expect(trials.length).toBeGreaterThan(40);
  const byWay = (way: "proxied" | "inProcess") =>
    trials.map((trial) => [trial.client, trial.situation, trial[way]]);
  expect(byWay("inProcess")).toEqual(byWay("proxied"));
});

test("on Node, no SDK takes for an answer what is none", () => {
  const failing = trials.filter(({ isHealthy }) => !isHealthy);
  expect(failing.length).toBeGreaterThan(20);
  expect(failing.filter(({ inProcess }) => inProcess.error === undefined)).toEqual([]);
});

test("on Node, no SDK reports an error of a healthy answer, but for Anthropic's at [DONE]", () => {
  const alarmed = trials.filter(({ isHealthy, inProcess }) => isHealthy && inProcess.error);
  const known = ["@anthropic-ai/sdk", "healthy stream with `[DONE]`"];
  const pairs = alarmed.map(({ client, situation }) => [client, situation]);
  expect(pairs.filter((pair) => !Bun.deepEquals(pair, known))).toEqual([]);
});

test("on Node, a program runs with the library in place of its fetch", async () => {
  const [name = ""] = FIXTURES.keys().filter((key) => key.includes("200-error-429"));
  const url = `${new URL(simulator.url).origin}/preloaded/${encodeURIComponent(name)}/v1/chat/completions`;
  const program = `const { status } = await fetch("${url}", { method: "POST", body: "{}" }); console.log(status);`;
  const flags = [
    "--import",
    `${import.meta.dir}/preload.mjs`,
    "--input-type=module",
    "-e",
    program,
  ];
  const node = Bun.spawn(["node", ...flags]);
  expect(await node.stdout.text()).toBe("429\n");
});

test("on Node, SDKs try again in process as often as through Candor", () => {
  for (const { fixture } of trials) {
    expect([fixture, counts[`straight ${fixture}`]]).toEqual([
      fixture,
      counts[`proxied ${fixture}`],
    ]);
  }
});

/** Where a fixture is answered: straight, and by a Candor of its own. */
function answerFixture(name: string): BaseUrls[string] {
  const origin = new URL(simulator.url).origin;
  const baseOf = (way: string) => `${origin}/${way}/${encodeURIComponent(name)}/v1`;
  const config = configure({ OPENROUTER_BASE_URL: baseOf("proxied") });
  const server = startServer(config, (url, init) => fetch(url, { ...init, timeout: false }), quiet);
  servers.push(server);
  return { straight: baseOf("straight"), proxied: `${server.url}/v1` };
}
