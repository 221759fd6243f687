import { expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { parseRecording } from "../../src/recordings/fixtures.ts";
import { record } from "../../src/commands/record/record.ts";
import { relayedBlocks } from "../expected/relayed-blocks.ts";
import { chunkBytes, type Recording } from "../../src/recordings/recording.ts";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { CHAT, throughMsw } from "../harness/ways.ts";

const KEY = "sk-or-v1-made-up-for-this-test";

/** A way to upstream that must not be taken. */
const unsent = () => Promise.reject(new Error("nothing is to be sent"));

/** Records one exchange with an upstream that answers so, and reads the file back. */
async function recordOnce(
  response: Recording["response"],
  words: string[],
  folder = mkdtempSync(`${tmpdir()}/candor-`),
) {
  const simulator = startSimulator({ answer: () => response });
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
  expect([seen.status, Buffer.from(seen.body).toString()]).toEqual([
    200,
    relayedBlocks(bytes).join(""),
  ]);
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

const OK: Recording["response"] = {
  status: 200,
  headers: [["content-type", "application/json"]],
  chunks: [{ at: 0, text: "{}" }],
  end: "closed",
};

const endpoints: [words: string[], path: string, file: string, body: object][] = [
  [
    ["--endpoint", "messages", "--model", "m", "Hi"],
    "/messages",
    "messages/recorded-m.json",
    { max_tokens: 1024, messages: [{ role: "user", content: "Hi" }], stream: false },
  ],
  [
    ["--endpoint", "responses", "--model", "m", "--stream", "Hi"],
    "/responses",
    "responses/recorded-m-stream.json",
    { input: "Hi", stream: true },
  ],
  [
    ["--endpoint", "completions", "--model", "m", "--name", "mine", "Hi"],
    "/completions",
    "completions/mine.json",
    { prompt: "Hi", stream: false },
  ],
  [
    ["--endpoint", "embeddings", "--model", "m", "Hi"],
    "/embeddings",
    "embeddings/recorded-m.json",
    { input: "Hi" },
  ],
];
test.each(endpoints)("%j asks %s, and is kept in %s", async (words, path, file, body) => {
  const recorded = await recordOnce(OK, words);
  expect(recorded.recording.request.path).toBe(path);
  expect(recorded.asked[0]?.path).toBe(`/api/v1${path}`);
  expect(recorded.path).toEndWith(`/${file}`);
  expect(JSON.parse(recorded.recording.request.body)).toEqual({ model: "m", ...body });
});

test("any other path is asked with GET, or with POST where there is a body", async () => {
  const get = await recordOnce(OK, ["--path", "/models?supported=tools"]);
  expect(get.recording.request).toMatchObject({ method: "GET", body: "", headers: [] });
  expect(get.path).toEndWith("/models/recorded-models-supported-tools.json");
  const post = await recordOnce(OK, ["--path", "/images/generations", "--body", '{"n":1}']);
  expect(post.asked[0]?.method).toBe("POST");
  expect(post.path).toEndWith("/images-generations/recorded-images-generations.json");
});

test("a recording is its owner's alone to read", async () => {
  const { path } = await recordOnce(OK, STREAM);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file that exists is not overwritten, and nothing is sent", async () => {
  const folder = mkdtempSync(`${tmpdir()}/candor-`);
  const { path, text } = await recordOnce(OK, STREAM, folder);
  const again = [...STREAM, "--folder", folder];
  expect(await record({ OPENROUTER_API_KEY: KEY }, again, unsent, "0")).toEqual({
    problems: [`${path} exists already; --name takes another name`],
  });
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("no link is followed, be it the file or its folder", async () => {
  const folder = mkdtempSync(`${tmpdir()}/candor-`);
  mkdirSync(`${folder}/elsewhere`);
  symlinkSync(`${folder}/elsewhere`, `${folder}/chat-completions`);
  const words = ["--model", "m", "--folder", folder, "Hi"];
  const linked = await record({ OPENROUTER_API_KEY: KEY }, words, unsent, "0");
  expect("problems" in linked && linked.problems[0]).toContain("is a link, which is not followed");
  mkdirSync(`${folder}/messages`);
  symlinkSync(`${folder}/target.json`, `${folder}/messages/recorded-m.json`);
  const file = await record(
    { OPENROUTER_API_KEY: KEY },
    ["--endpoint", "messages", ...words],
    unsent,
    "0",
  );
  expect("problems" in file && file.problems[0]).toContain("exists already");
  expect(existsSync(`${folder}/target.json`)).toBe(false);
  expect(readdirSync(`${folder}/elsewhere`)).toEqual([]);
});

test("where nothing is recorded, no folder is left", async () => {
  const folder = `${mkdtempSync(`${tmpdir()}/candor-`)}/new`;
  const words = [...STREAM, "--folder", folder];
  await expect(record({ OPENROUTER_API_KEY: KEY }, words, unsent, "0")).rejects.toThrow();
  expect(existsSync(folder)).toBe(false);
  const parent = mkdtempSync(`${tmpdir()}/candor-`);
  writeFileSync(`${parent}/chat-completions`, "");
  const blocked = await record(
    { OPENROUTER_API_KEY: KEY },
    [...STREAM, "--folder", parent],
    unsent,
    "0",
  );
  expect("problems" in blocked && blocked.problems[0]).toContain("is no folder");
});

test.each([
  [["--model", "m", "--endpoint", "mesages", "Hi"], "did you mean messages?"],
  [["--model", "m", "--endpoint", "other", "Hi"], "--endpoint other needs --path"],
  [["--model", "m", "--endpoint", "embeddings", "--stream", "Hi"], "has no streams"],
  [["--model", "m", "--name", "../../evil", "Hi"], '--name is "../../evil"'],
  [["--model", "m", "one", "two"], "exactly one prompt"],
  [["--path", "models"], '--path is "models"'],
  [["--path", "/models", "--body", "{"], "--body has to be JSON"],
])("%j is refused with a sentence", async (words, problem) => {
  const result = await record({ OPENROUTER_API_KEY: KEY }, words, unsent, "0");
  expect("problems" in result && result.problems[0]).toContain(problem);
});
