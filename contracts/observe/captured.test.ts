import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createCapture } from "../../src/observe/capture.ts";
import { loadFixtures, parseRecording } from "../../src/recordings/fixtures.ts";
import { replayedResponse } from "../../src/recordings/replay.ts";
import { adopt } from "./adopt.ts";
import { repaired } from "./made-up-records.ts";

const ROOT = mkdtempSync(`${tmpdir()}/candor-captured-`);
afterAll(() => rmSync(ROOT, { recursive: true }));

const CASES = [
  "200-error-429-free-models-per-day",
  "stream-error-429-free-models-per-day",
  "stream-cut-after-content",
];

/** Captures a fixture as if upstream had just sent it, and gives the path of the recording. */
async function captured(name: string): Promise<string> {
  const fixture = loadFixtures().get(`chat-completions/${name}`);
  if (fixture === undefined) throw new Error(`${name} is no fixture`);
  const settings = { folder: ROOT, version: "1.2.3", keys: [], onProblem: console.error };
  const capture = createCapture(settings);
  const record = repaired();
  const response = capture.tap(record, fixture.request, replayedResponse(fixture.response));
  await response.text().catch(() => "a cut is to be captured too");
  return (await capture.save(record)) ?? expect.unreachable();
}

async function explained(file: string): Promise<unknown> {
  const words = [process.execPath, "src/main.ts", "explain", file, "--json"];
  const explain = Bun.spawn(words, { cwd: `${import.meta.dir}/../..` });
  return JSON.parse(await new Response(explain.stdout).text());
}

test.each(CASES)("what is captured of %s is explained as the fixture is", async (name) => {
  const file = await captured(name);
  const original = `${import.meta.dir}/../../fixtures/chat-completions/${name}.json`;
  expect(await explained(file)).toEqual(await explained(original));
});

test("a captured failure becomes a fixture by its name, once", async () => {
  const file = await captured("200-error-429-free-models-per-day");
  const fixtures = `${ROOT}/fixtures`;
  const adopted = adopt(file, "new-case", fixtures);
  expect(adopted).toEqual({
    fixture: `${fixtures}/chat-completions/new-case.json`,
    expectation: "contracts/expected/chat-completions/new-case.json",
  });
  const { origin } = parseRecording(
    readFileSync(`${fixtures}/chat-completions/new-case.json`, "utf8"),
  );
  expect(origin.note).toStartWith("recorded by candor");
  expect(adopt(file, "new-case", fixtures)).toEqual({
    problem: expect.stringContaining("exists already"),
  });
});

test("a recording with a key in it, or a name that leads elsewhere, is not adopted", async () => {
  const file = await captured("200-error-429-free-models-per-day");
  const fixtures = `${ROOT}/refused`;
  expect(adopt(file, "../outside", fixtures)).toHaveProperty("problem");
  const recording = parseRecording(readFileSync(file, "utf8"));
  recording.response.headers.push(["x-echo", "Bearer abc"]);
  writeFileSync(file, JSON.stringify(recording));
  expect(adopt(file, "with-key", fixtures)).toEqual({
    problem: `${file} holds a key or an account.`,
  });
  expect(existsSync(fixtures)).toBe(false);
});
