import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inBand, record, repaired } from "../../contracts/observe/made-up-records.ts";
import { parseRecording } from "../recordings/fixtures.ts";
import { replayedResponse } from "../recordings/replay.ts";
import { createCapture, type CaptureSettings } from "./capture.ts";

const KEY = "held/key-of-some-length";
const ROOT = mkdtempSync(`${tmpdir()}/candor-capture-`);
afterAll(() => rmSync(ROOT, { recursive: true }));

const ASKED = {
  method: "POST",
  path: "/chat/completions",
  body: JSON.stringify({
    model: "openai/gpt-4o-mini",
    stream: true,
    max_tokens: 7,
    messages: [{ role: "user", content: "a private question" }],
  }),
};

function captureIn(name: string, more: Partial<CaptureSettings> = {}) {
  const problems: string[] = [];
  const folder = join(ROOT, name);
  const capture = createCapture({
    folder,
    version: "1.2.3",
    keys: [KEY],
    onProblem: (problem) => problems.push(problem),
    ...more,
  });
  const written = () =>
    readdirSync(folder, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith(".json"));
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return { capture, folder, problems, written, read };
}

/** An upstream that sends these chunks, and then ends or breaks. */
function upstream(chunks: string[], end: "closed" | "reset" = "closed"): Response {
  const upcoming = chunks.values();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const { value, done } = upcoming.next();
        if (!done) controller.enqueue(new TextEncoder().encode(value));
        else if (end === "closed") controller.close();
        else controller.error(new Error("reset"));
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { "content-type": "text/event-stream", "set-cookie": "a=b", "x-echo": KEY };
  return new Response(body, { status: 200, headers });
}

test("a failure that was hidden becomes a recording, chunk by chunk, that replays the same", async () => {
  const { capture, written, read } = captureIn("hidden");
  const exchange = repaired();
  const chunks = [": hold on\n\n", 'data: {"error":{"code":429}}\n\n'];
  const tapped = capture.tap(exchange, ASKED, upstream(chunks));
  expect(await tapped.text()).toBe(chunks.join(""));
  capture.sink.end(exchange);
  await capture.settled();
  const [file = ""] = written();
  expect(file).toMatch(/^chat-completions\/2025-11-24t[\d-]+-error-in-event-[0-9a-f]{8}\.json$/);
  const recording = parseRecording(read(file));
  expect(recording.origin).toMatchObject({
    kind: "recorded",
    note: "recorded by candor 1.2.3 --capture: error-in-event, true status 429",
  });
  expect(recording.response).toMatchObject({ status: 200, end: "closed" });
  expect(recording.response.chunks.map((chunk) => "text" in chunk && chunk.text)).toEqual(chunks);
  expect(await replayedResponse(recording.response).text()).toBe(chunks.join(""));
});

describe("what is written", () => {
  test("holds no key, cookie, account or word of the client's, also where a chunk's edge cuts a key", async () => {
    const { capture, written, read } = captureIn("private");
    const exchange = inBand();
    const user = "user_2abcdefghijkl";
    const chunks = [
      `data: {"a":"held/key-of`,
      `-some-length","b":"held\\/key-of-some-length","c":"${user}"}\n\n`,
    ];
    await capture
      .tap(exchange, { ...ASKED, path: `/chat/completions?k=${KEY}` }, upstream(chunks))
      .text();
    capture.sink.end(exchange);
    await capture.settled();
    const text = read(written()[0] ?? "");
    expect(text).not.toMatch(/held|some-length|user_2|set-cookie|private question/);
    const { request, response } = parseRecording(text);
    expect(JSON.parse(request.body)).toEqual({
      model: "openai/gpt-4o-mini",
      stream: true,
      max_tokens: 7,
      messages: [{ role: "user", content: "[left out]" }],
    });
    const lengths = response.chunks.map((chunk) => "text" in chunk && chunk.text.length);
    expect(lengths).toEqual(chunks.map((chunk) => chunk.length));
  });

  test("can be read by its owner alone", async () => {
    const { capture, folder, written } = captureIn("owner");
    const exchange = repaired();
    await capture.tap(exchange, ASKED, upstream(["{}"])).text();
    await capture.save(exchange);
    expect(statSync(join(folder, written()[0] ?? "")).mode & 0o777).toBe(0o600);
  });
});

test("a connection that broke is recorded as one, and breaks for whoever reads it", async () => {
  const { capture, written, read } = captureIn("reset");
  const exchange = inBand();
  const tapped = capture.tap(exchange, ASKED, upstream(["data: {}\n\n"], "reset"));
  expect(tapped.text()).rejects.toThrow("reset");
  await tapped.text().catch(() => undefined);
  await Bun.sleep(0);
  capture.sink.end(exchange);
  await capture.settled();
  expect(parseRecording(read(written()[0] ?? "")).response.end).toBe("reset");
});

test("nothing is read ahead, and who leaves frees upstream", async () => {
  const { capture } = captureIn("lazy");
  let pulled = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(5));
      },
      cancel() {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const reader = capture.tap(record(), ASKED, new Response(body)).body?.getReader();
  await reader?.read();
  expect(pulled).toBe(1);
  await reader?.cancel();
  expect(cancelled).toBe(true);
});

test("a healthy exchange is written only where somebody asks for it, while it is kept", async () => {
  const { capture, written } = captureIn("healthy");
  const healthy = record();
  await capture.tap(healthy, ASKED, upstream(["data: [DONE]\n\n"])).text();
  capture.sink.end(healthy);
  await capture.settled();
  expect(written()).toEqual([]);
  expect(await capture.save(healthy)).toContain("/chat-completions/");
  for (let index = 0; index < 20; index++) {
    await capture.tap(record(), ASKED, upstream(["{}"])).text();
  }
  expect(await capture.save(healthy)).toBeUndefined();
});

describe("there are caps", () => {
  test("on the size of an answer: more goes out, and is not kept", async () => {
    const { capture, written } = captureIn("large");
    const exchange = repaired();
    const chunk = "x".repeat(600_000);
    const text = await capture.tap(exchange, ASKED, upstream([chunk, chunk])).text();
    expect(text).toHaveLength(1_200_000);
    expect(await capture.save(exchange)).toBeUndefined();
    expect(written()).toEqual([]);
  });

  test("on the number of files, those of earlier runs included, and it is told once", async () => {
    captureIn("full");
    writeFileSync(join(ROOT, "full", "earlier.json"), "{}");
    const { capture, problems, written } = captureIn("full", { mostFiles: 2 });
    for (let index = 0; index < 4; index++) {
      const exchange = repaired();
      await capture.tap(exchange, ASKED, upstream(["{}"])).text();
      capture.sink.end(exchange);
    }
    await capture.settled();
    expect(written()).toHaveLength(2);
    expect(problems).toHaveLength(1);
  });

  test("on the bytes of all files", async () => {
    const { capture, written } = captureIn("bytes", { mostBytes: 10 });
    const exchange = repaired();
    await capture.tap(exchange, ASKED, upstream(["{}"])).text();
    expect(await capture.save(exchange)).toBeUndefined();
    expect(written()).toEqual([]);
  });
});

test("a folder that is gone costs a recording, and is told with its path", async () => {
  const { capture, folder, problems } = captureIn("gone");
  const exchange = repaired();
  await capture.tap(exchange, ASKED, upstream(["{}"])).text();
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file in its place");
  expect(await capture.save(exchange)).toBeUndefined();
  expect(problems[0]).toContain(folder);
});

test("an answer without a body goes on as it is", () => {
  const { capture } = captureIn("bodiless");
  const empty = new Response(null, { status: 204 });
  expect(capture.tap(record(), ASKED, empty)).toBe(empty);
});
