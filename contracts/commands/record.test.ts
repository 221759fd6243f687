import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseRecording } from "../../src/recordings/fixtures.ts";
import { record } from "../../src/commands/record/record.ts";
import { chunkBytes, type Recording } from "../../src/recordings/recording.ts";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { CHAT, throughMsw } from "../harness/ways.ts";

const KEY = "sk-or-v1-made-up-for-this-test";

/** A way to upstream that must not be taken. */
const unsent = () => Promise.reject(new Error("nothing is to be sent"));

/** Records one exchange with an upstream that answers so, and reads the file back. */
async function recordOnce(response: Recording["response"], words: string[]) {
  const simulator = startSimulator({ answer: () => response });
  const folder = mkdtempSync(`${tmpdir()}/candor-`);
  const environment = { OPENROUTER_API_KEY: KEY, OPENROUTER_BASE_URL: simulator.url };
  const all = [...words, "--folder", folder];
  const result = await record(environment, all, (url, init) => fetch(url, init), "0.0.0");
  await simulator.stop();
  if ("problems" in result) throw new Error(result.problems.join("\n"));
  const text = readFileSync(result.path, "utf8");
  return { text, recording: parseRecording(text), path: result.path, asked: simulator.requests };
}

const STREAM = ["--model", "openai/gpt-4o-mini", "--stream", 'Say "hi"'];

test("a recorded stream is a fixture that holds what upstream did, and answers like it", async () => {
  const original = CHAT.get("stream-success")?.response;
  if (original === undefined) throw new Error("There is no fixture stream-success.");
  const { recording, path, asked } = await recordOnce(original, STREAM);
  expect(path).toEndWith("/chat-completions/recorded-openai-gpt-4o-mini-stream.json");
  expect(asked[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
  expect(recording.origin).toMatchObject({
    kind: "recorded",
    note: "recorded by candor 0.0.0 with model openai/gpt-4o-mini",
  });
  expect(JSON.parse(recording.request.body)).toEqual({
    model: "openai/gpt-4o-mini",
    messages: [{ role: "user", content: 'Say "hi"' }],
    stream: true,
  });
  const bytes = Buffer.concat(recording.response.chunks.map(chunkBytes));
  expect(bytes).toEqual(Buffer.concat(original.chunks.map(chunkBytes)));
  expect(recording.response.end).toBe("closed");
  const times = recording.response.chunks.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  const seen = await throughMsw("recorded", recording);
  expect([seen.status, Buffer.from(seen.body)]).toEqual([200, bytes]);
});

test("keys and account ids are masked in place, also where a chunk ends inside one", async () => {
  const { text, recording } = await recordOnce(
    {
      status: 401,
      headers: [
        ["content-type", "application/json"],
        ["set-cookie", "session=secret"],
        ["x-echo", KEY],
      ],
      chunks: [
        { at: 0, text: '{"error":{"message":"No user for sk-or-v1-made' },
        {
          at: 10,
          text: '-up-for-this-test","code":401},"org":"org_2abcdefghijk","user_id":"user_2abcdefghijk',
        },
        { at: 20, text: 'lmnop"}' },
      ],
      end: "closed",
    },
    ["--model", "m", `Hello, ${KEY}`],
  );
  expect(text).not.toMatch(/made-up|_2abc|secret|sk-or/);
  const body = Buffer.concat(recording.response.chunks.map(chunkBytes)).toString();
  expect(JSON.parse(body)).toEqual({
    error: { message: `No user for ${"x".repeat(KEY.length)}`, code: 401 },
    org: "x".repeat("org_2abcdefghijk".length),
    user_id: "x".repeat("user_2abcdefghijklmnop".length),
  });
});

test("a connection that breaks off is recorded as reset, after what came", async () => {
  const original = CHAT.get("stream-cut-after-content")?.response;
  if (original === undefined) throw new Error("There is no such fixture.");
  const { recording } = await recordOnce(original, STREAM);
  expect(recording.response.end).toBe("reset");
  expect(Buffer.concat(recording.response.chunks.map(chunkBytes))).toEqual(
    Buffer.concat(original.chunks.map(chunkBytes)),
  );
});

test("without a key, or without a model, nothing is sent and the problem is named", async () => {
  expect(await record({}, STREAM, unsent, "0")).toEqual({
    problems: ["OPENROUTER_API_KEY is not set"],
  });
  const result = await record({ OPENROUTER_API_KEY: KEY }, ["Hello"], unsent, "0");
  expect("problems" in result && result.problems[0]).toBe("--model, or --path, has to be given");
});
