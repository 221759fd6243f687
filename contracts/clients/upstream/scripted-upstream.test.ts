import { expect, test } from "bun:test";
import { SITUATIONS } from "../situations.ts";
import { startScriptedUpstream } from "./scripted-upstream.ts";

const PATHS = ["chat/completions", "responses", "messages"];
const cases = SITUATIONS.flatMap((situation) =>
  PATHS.flatMap((path) =>
    situation.kinds.map((kind): [string, string, string] => [situation.name, path, kind]),
  ),
).filter(([name]) => name !== "silence" && name !== "broken");

test.each(cases)("%s on %s, asked for by %s, is JSON or a stream of JSON", async (...words) => {
  const [name, path, kind] = words;
  await using upstream = startScriptedUpstream();
  const response = await ask(upstream.url, path, name, kind === "stream");
  const text = await response.text();
  const isStream = response.headers.get("content-type") === "text/event-stream";
  const events = isStream
    ? [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => data)
    : [text];
  for (const data of events) if (data !== "[DONE]") expect(JSON.parse(data)).toBeObject();
  expect(upstream.requestsFor(`matrix/${name}-1`)).toBe(1);
});

test("a broken connection is an error behind the text", async () => {
  await using upstream = startScriptedUpstream();
  const response = await ask(upstream.url, "chat/completions", "broken", true);
  await expect(response.text()).rejects.toThrow();
});

test("once the client has run the tool, its answer is in the text", async () => {
  await using upstream = startScriptedUpstream();
  const result = { role: "tool", tool_call_id: "call_1", content: "Sunny in Paris" };
  const body = JSON.stringify({ model: "matrix/tools-2", messages: [result] });
  const response = await fetch(`${upstream.url}/chat/completions`, { method: "POST", body });
  expect(await response.json()).toMatchObject({
    choices: [{ message: { content: "Sunny in Paris." } }],
  });
});

test("a plain request gets JSON where a stream would have failed", async () => {
  await using upstream = startScriptedUpstream();
  for (const path of PATHS) {
    const early = await ask(upstream.url, path, "first-provider", false);
    expect(await early.json()).toMatchObject({ error: { message: expect.any(String) } });
    const late = await ask(upstream.url, path, "after-provider", false);
    const words = JSON.stringify(await late.json());
    expect(words).toContain("Provider disconnected unexpectedly");
    const cut = await (await ask(upstream.url, path, "cut", false)).text();
    expect(cut).toStartWith("{");
    expect(() => JSON.parse(cut)).toThrow();
  }
});

test("a body that is compressed with zstd is read", async () => {
  await using upstream = startScriptedUpstream();
  const body = Bun.zstdCompressSync(JSON.stringify({ model: "matrix/plain-3", messages: [] }));
  const headers = { "content-encoding": "zstd" };
  const response = await fetch(`${upstream.url}/responses`, { method: "POST", headers, body });
  expect(response.status).toBe(200);
  expect(upstream.requestsFor("matrix/plain-3")).toBe(1);
});

test("it tells when a model is asked for first", async () => {
  await using upstream = startScriptedUpstream();
  const early = upstream.asked("matrix/plain-1");
  await ask(upstream.url, "chat/completions", "plain", false);
  await early;
  await upstream.asked("matrix/plain-1");
});

test("what no situation is named after is 404, and counts for nothing", async () => {
  await using upstream = startScriptedUpstream();
  expect((await ask(upstream.url, "chat/completions", "unknown", false)).status).toBe(404);
  expect(upstream.requestsFor("matrix/unknown-1")).toBe(0);
});

function ask(url: string, path: string, name: string, stream: boolean): Promise<Response> {
  const messages = [{ role: "user", content: "Hello" }];
  const body = JSON.stringify({ model: `matrix/${name}-1`, stream, messages });
  return fetch(`${url}/${path}`, { method: "POST", body });
}
