import { expect, test } from "bun:test";
import { Recorder } from "../observe/recorder.ts";
import { createWrongKeys, OTHERS } from "./wrong-keys.ts";

/** A count, its warnings, and the end of exchanges that come to it. */
function counting() {
  const warnings: string[] = [];
  const wrongKeys = createWrongKeys((message) => warnings.push(message));
  return {
    warnings,
    wrongKeys,
    refuse(client: string | undefined, kind = "wrong-key") {
      const facts = { requestId: "1", method: "POST", path: "/proxy", route: "/proxy", at: 0 };
      const arrival = { ...facts, arrivedAt: 0, ...(client !== undefined && { client }) };
      const recorder = new Recorder(arrival, { sinks: [wrongKeys], redact: (text) => text });
      recorder.failed({ kind, status: 401 });
      recorder.ended("whole");
    },
  };
}

test("wrong keys are counted by address, and other refusals are not", () => {
  const { wrongKeys, refuse } = counting();
  for (const client of ["192.0.2.1", "192.0.2.2", "192.0.2.1", undefined]) refuse(client);
  refuse("192.0.2.2", "no-key");
  expect([...wrongKeys.counts()]).toEqual([
    ["192.0.2.1", 2],
    ["192.0.2.2", 1],
    [OTHERS, 1],
  ]);
});

test("beyond a thousand addresses the rest are counted together", () => {
  const { wrongKeys, refuse } = counting();
  for (let n = 0; n < 1500; n += 1) refuse(`192.0.${n >> 8}.${n & 255}`);
  refuse("192.0.0.7");
  expect(wrongKeys.counts().size).toBe(1001);
  expect(wrongKeys.counts().get(OTHERS)).toBe(500);
  expect(wrongKeys.counts().get("192.0.0.7")).toBe(2);
});

test("an address that goes on is warned of at its 10th wrong key, its 100th, and so on", () => {
  const { warnings, refuse } = counting();
  for (let n = 0; n < 150; n += 1) refuse("192.0.2.1");
  expect(warnings).toEqual([
    "192.0.2.1 has shown 10 wrong API keys",
    "192.0.2.1 has shown 100 wrong API keys",
  ]);
});
