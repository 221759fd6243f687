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
      if (status === 400) expect(await response.text()).toContain("MAX_JSON_DEPTH");
    }
    expect(received).toHaveLength(status === 200 ? 2 : 0);
  });
});
