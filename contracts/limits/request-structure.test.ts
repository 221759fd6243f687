import { expect, test } from "bun:test";
import { withCandor } from "../harness/candor.ts";

const MESSAGES = '"messages":[{"role":"user","content":"Hi"}]';
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

const bodies: [name: string, settings: Record<string, string>, more: string, status: number][] = [
  ["of the depth that is allowed", { MAX_JSON_DEPTH: "100" }, nested(99), 200],
  ["deeper", { MAX_JSON_DEPTH: "100" }, nested(100), 400],
  ["a million deep, by default", {}, nested(1_000_000), 400],
  [
    "with as many objects as are allowed",
    { MAX_JSON_CONTAINERS: "1000" },
    `[${"{},".repeat(995)}1]`,
    200,
  ],
  ["with more", { MAX_JSON_CONTAINERS: "1000" }, `[${"{},".repeat(1000)}1]`, 400],
  ["with any number of numbers", { MAX_JSON_CONTAINERS: "1000" }, `[${"1,".repeat(5000)}1]`, 200],
  ["with brackets in a text", { MAX_JSON_DEPTH: "100" }, `"${"[{".repeat(5000)}"`, 200],
];

test.each(bodies)("a body %s", async (_, settings, more, status) => {
  await withCandor({ settings }, async ({ url, received }) => {
    const headers = { "content-type": "application/json" };
    const body = `{${MESSAGES},"x":${more}}`;
    for (const path of ["/proxy", "/v1/rerank"]) {
      const response = await Bun.fetch(url + path, { method: "POST", headers, body });
      expect(response.status).toBe(status);
      if (status === 400) expect(await response.text()).toContain("MAX_JSON_");
    }
    expect(received).toHaveLength(status === 200 ? 2 : 0);
  });
});

const series = (make: (index: number) => string, count: number) =>
  Array.from({ length: count }, (_, index) => make(index)).join();

const messages: [what: string, value: () => string, message: string][] = [
  ["depth", () => nested(600), "The body is nested deeper than 500 levels (MAX_JSON_DEPTH)."],
  [
    "arrays and objects",
    () => `[${"{},".repeat(1_000_000)}1]`,
    "The body has more than 1000000 arrays and objects (MAX_JSON_CONTAINERS).",
  ],
  ["texts", () => `[${'"a",'.repeat(1_000_001)}1]`, "The body has more than 1000000 texts."],
  [
    "names",
    () => `{${series((index) => `"n${index}":1`, 150_000)}}`,
    "The body has more than 100000 names that differ.",
  ],
  ["values", () => `[${"1,".repeat(8_000_001)}1]`, "The body has more than 8000000 values."],
];

test.each(messages)(
  "a body with too much (%s) is told which limit it meets",
  async (_, value, message) => {
    await withCandor({}, async ({ url }) => {
      const headers = { "content-type": "application/json" };
      const body = `{${MESSAGES},"x":${value()}}`;
      const response = await Bun.fetch(`${url}/proxy`, { method: "POST", headers, body });
      expect(await response.json()).toMatchObject({
        error: { message: `400 Bad Request: ${message}` },
      });
    });
  },
);
