import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { FAULTS, spoiledAnswer } from "../../src/commands/simulate/faults.ts";
import type { Simulator } from "../../src/commands/simulate/simulator.ts";
import { startFixtureUpstream } from "../../src/commands/simulate/fixture-upstream.ts";
import { chunkBytes } from "../../src/recordings/recording.ts";
import { NAMED } from "../../src/core/dialects/named.ts";
import { CHAT, fixtureOf, recordedBody } from "../harness/ways.ts";

let simulator: Simulator;
beforeAll(() => {
  simulator = startFixtureUpstream({ forgetsRequests: true });
});
afterAll(() => simulator.stop());

const HEALTHY = new TextDecoder().decode(recordedBody(fixtureOf("chat-completions/200-success")));
const STREAM = new TextDecoder().decode(recordedBody(fixtureOf("chat-completions/stream-success")));
const EVENTS = STREAM.split(/(?<=\n\n)/).filter((block) => !block.startsWith(":"));

describe("what the model asks for", () => {
  test("every listed fixture comes back with its status, below /v1 and /api/v1", async () => {
    const list = await (await get("/v1/models")).text();
    expect(await (await get("/api/v1/models")).text()).toBe(list);
    for (const [name, { response }] of CHAT) {
      const model = `fixture/chat-completions/${name}`;
      expect(list).toContain(`"id":"${model}"`);
      for (const base of ["/v1", "/api/v1"]) {
        const answer = await ask({ model }, base);
        expect({ model, status: answer.status }).toEqual({ model, status: response.status });
      }
    }
  });

  test("healthy, or no model, is answered in good health, in the form that was asked for", async () => {
    expect(await (await ask({ model: "healthy" })).text()).toBe(HEALTHY);
    expect(await (await ask({ model: "healthy", stream: true })).text()).toBe(STREAM);
    expect(await (await ask({})).text()).toBe(HEALTHY);
  });

  test("a case without its endpoint is the fixture of the endpoint that was asked", async () => {
    expect(await (await ask({ model: "200-success" })).text()).toBe(HEALTHY);
    expect((await ask({ model: "chat-completions/503-unavailable" })).status).toBe(503);
  });

  test.each([
    ["openai/gpt-4o", "healthy is a healthy answer. GET /v1/models lists all"],
    ["503-unavailible", "did you mean 503-unavailable? GET /v1/models lists all"],
    ["fixture/chat-completions/200-sucess", "did you mean fixture/chat-completions/200-success?"],
    ["fault/hnag", "did you mean fault/hang? candor simulate --help lists all"],
  ])("the model %s, which is none, is a 404 that says %j", async (model, advice) => {
    const answer = await ask({ model });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain(advice);
  });

  test("a default answers for models that are none, and every request is told", async () => {
    const told: unknown[] = [];
    const onAsked = (asked: unknown) => told.push(asked);
    const lenient = startFixtureUpstream({ defaultModel: "fault/empty", onAsked });
    const body = '{"model":"openai/gpt-4o"}';
    const answer = await Bun.fetch(`${lenient.url}/chat/completions`, { method: "POST", body });
    expect(await answer.text()).toBe("");
    await Bun.fetch(`${lenient.url}/nowhere`);
    await lenient.stop();
    expect(told).toEqual([
      { method: "POST", path: "/api/v1/chat/completions", model: "openai/gpt-4o", status: 200 },
      { method: "GET", path: "/api/v1/nowhere", model: "", status: 404 },
    ]);
  });

  test("every named endpoint has a healthy answer", async () => {
    for (const { path } of NAMED) {
      const url = new URL(`/v1${path}`, simulator.url);
      const answer = await Bun.fetch(url, { method: "POST", body: '{"model":"healthy"}' });
      // Its name says that it is one: <endpoint>/200-success.
      expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    }
  });

  test("a chunk keeps its recorded time where the model ends in ?timed", async () => {
    const model = "fixture/chat-completions/stream-success";
    const asked = performance.now();
    expect(await (await ask({ model: `${model}?timed`, stream: true })).text()).toBe(STREAM);
    const lastChunk = fixtureOf("chat-completions/stream-success").response.chunks.at(-1);
    expect(performance.now() - asked).toBeGreaterThan(Number(lastChunk?.at) - 5);
  });

  test("a header names the model of a request that has no body, and wins over the body's", async () => {
    const headers = { "x-openrouter-simulate": "fixture/chat-completions/503-unavailable" };
    expect((await get("/v1/models", headers)).status).toBe(503);
    expect((await ask({ model: "openai/gpt-4o" }, "/v1", headers)).status).toBe(503);
    const fault = { "x-openrouter-simulate": "fault/empty" };
    expect(await (await get("/v1/models", fault)).text()).toBe("");
  });

  test("a fixture, a fault or an endpoint that does not exist is a 404 that says where to look", async () => {
    const fixture = await ask({ model: "fixture/chat-completions/none" });
    expect(fixture.status).toBe(404);
    expect(await fixture.text()).toContain("GET /v1/models");
    for (const model of ["fault/none", "fault/hang-3", "fault/reset-after-x-events"]) {
      const fault = await ask({ model });
      expect(fault.status).toBe(404);
      expect(await fault.text()).toContain("candor simulate --help");
    }
    expect((await get("/v1/none")).status).toBe(404);
  });

  test("OpenAI's SDK lists the models, and talks to one", async () => {
    const baseURL = simulator.url.replace("/api/v1", "/v1");
    const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0 });
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toContain("fault/reset-after-3-events");
    const messages = [{ role: "user" as const, content: "Hello" }];
    const plain = await client.chat.completions.create({ model: "healthy", messages });
    expect(plain.choices[0]?.message.content).toBe("Hello!");
    const stream = await client.chat.completions.create({
      model: "healthy",
      messages,
      stream: true,
    });
    let text = "";
    for await (const event of stream) text += event.choices[0]?.delta.content ?? "";
    expect(text).toBe("Hello!");
  });
});

describe("live faults", () => {
  test("hang and reset-before-headers end without a status line", async () => {
    for (const model of ["fault/hang?ms=20", "fault/reset-before-headers"]) {
      await expect(ask({ model })).rejects.toMatchObject({ code: "ECONNRESET" });
    }
  });

  test("hang keeps the connection until its time is over", async () => {
    const asked = performance.now();
    expect(await ask({ model: "fault/hang?ms=60" }).catch(() => "reset")).toBe("reset");
    expect(performance.now() - asked).toBeGreaterThan(55);
  });

  test.each([
    ["fault/reset-after-3-events", 3],
    ["fault/hang-after-2-events?ms=60", 2],
    ["fault/reset-after-0-events", 0],
    ["fault/reset-after-999999-events", EVENTS.length - 1],
  ])("%s breaks a stream off behind its %i events", async (model, count) => {
    const { text, isBroken } = await read(await ask({ model, stream: true }));
    expect(text).toBe(EVENTS.slice(0, count).join(""));
    expect(isBroken).toBe(true);
  });

  test("reset-after-N-events breaks a plain answer off as well", async () => {
    const { text, isBroken } = await read(await ask({ model: "fault/reset-after-4-events" }));
    expect(text).toBe(HEALTHY.slice(0, Math.ceil(HEALTHY.length / 8) * 4));
    expect(isBroken).toBe(true);
  });

  test("cut-after-N-events ends an answer early and cleanly", async () => {
    const model = "fault/cut-after-3-events";
    const stream = await read(await ask({ model, stream: true }));
    expect(stream).toEqual({ text: EVENTS.slice(0, 3).join(""), isBroken: false });
    const plain = await read(await ask({ model }));
    expect(HEALTHY).toStartWith(plain.text);
    expect(plain.text.length).toBeLessThan(HEALTHY.length);
  });

  test("error-after-N-events ends a stream with an error, and is one in a plain 200", async () => {
    const model = "fault/error-after-2-events";
    const error = { error: { code: 502, message: "Provider disconnected unexpectedly" } };
    const stream = await (await ask({ model, stream: true })).text();
    expect(stream).toBe(`${EVENTS.slice(0, 2).join("")}data: ${JSON.stringify(error)}\n\n`);
    const plain = await ask({ model });
    expect(plain.status).toBe(200);
    expect(await plain.json()).toEqual(error);
  });

  test.each([true, false])(
    "429-then-ok fails the first time only, with ?run= anew (stream: %p)",
    async (stream) => {
      const answers: string[] = [];
      for (const run of ["a", "a", "a", "b"]) {
        const answer = await ask({ model: `fault/429-then-ok?run=${run}${stream}`, stream });
        expect(answer.status).toBe(200);
        answers.push((await answer.text()).includes("429") ? "429" : "ok");
      }
      expect(answers).toEqual(["429", "ok", "ok", "429"]);
    },
  );

  test("slow-headers and slow-tokens are healthy, and late by the time in the model", async () => {
    for (const model of ["fault/slow-headers?ms=60", "fault/slow-tokens?ms=10"]) {
      const asked = performance.now();
      expect(await (await ask({ model, stream: true })).text()).toBe(EVENTS.join(""));
      expect(performance.now() - asked).toBeGreaterThan(55);
    }
  });

  test("comments-forever keeps alive in the form that was asked for, and ends", async () => {
    const model = "fault/comments-forever?ms=1001";
    const [stream, plain] = await Promise.all([ask({ model, stream: true }), ask({ model })]);
    expect(await stream.text()).toBe(": OPENROUTER PROCESSING\n\n".repeat(2));
    expect((await plain.text()).trim()).toBe("");
  });

  test("gzip is a healthy answer, compressed unasked", async () => {
    const model = "fault/gzip";
    const answer = await ask({ model, stream: true }, "/v1", { "accept-encoding": "identity" });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(await answer.text()).toBe(EVENTS.join(""));
  });

  test("garbage is not JSON, and in a stream comes behind two good events", async () => {
    const plain = await (await ask({ model: "fault/garbage" })).text();
    expect(() => JSON.parse(plain)).toThrow();
    const stream = await (await ask({ model: "fault/garbage", stream: true })).text();
    const [first, second, garbage = ""] = stream.split(/(?<=\n\n)/);
    expect([first, second]).toEqual(EVENTS.slice(0, 2));
    expect(() => JSON.parse(garbage.replace("data: ", ""))).toThrow();
  });

  test("huge-event is a healthy answer of that many mebibytes", async () => {
    for (const stream of [true, false]) {
      const text = await (await ask({ model: "fault/huge-event?mb=2", stream })).text();
      const [first = ""] = text.split("\n\n");
      expect(first.length).toBeGreaterThan(2 * 2 ** 20);
      expect(text.replace(/"padding":"x*",/, "")).toBe(stream ? EVENTS.join("") : HEALTHY);
    }
  });

  test("empty is a 200 without a body", async () => {
    const answer = await ask({ model: "fault/empty", stream: true });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
  });

  test("a setting that is no number is not taken, nor one beyond its limit", async () => {
    const answer = await ask({ model: "fault/slow-tokens?ms=soon", stream: true });
    expect(await answer.text()).toBe(EVENTS.join(""));
    const { response } = fixtureOf("chat-completions/200-success");
    const huge = spoiledAnswer("fault/huge-event?mb=999", response, false, false);
    expect(huge?.chunks.map((chunk) => chunkBytes(chunk).length)).toEqual([
      64 * 2 ** 20 + HEALTHY.length + '"padding":"",'.length,
    ]);
    const hang = spoiledAnswer("fault/hang?ms=999999999", response, false, false);
    expect(hang?.delayMs).toBe(600_000);
  });
});

describe("candor simulate", () => {
  test("serves on the port that it prints, until it is told to stop", async () => {
    await using program = Bun.spawn(["bun", "src/main.ts", "simulate", "--port", "0"], {
      stdout: "pipe",
    });
    const reader = program.stdout.getReader();
    const { value } = await reader.read();
    const [url = ""] = /http:\S+\d\/api\/v1/.exec(new TextDecoder().decode(value)) ?? [];
    const headers = { "x-openrouter-simulate": "fault/\u009b31m" };
    expect((await Bun.fetch(`${url}/models`, { headers })).status).toBe(404);
    const line = new TextDecoder().decode((await reader.read()).value);
    expect(line).toMatch(/^\d\d:\d\d:\d\d 404 GET \/api\/v1\/models fault\/\\u009b31m\n$/);
    program.kill("SIGINT");
    expect(await program.exited).toBe(0);
  });

  test("--help describes every fault", async () => {
    const { code, output } = await simulate("--help");
    expect(code).toBe(0);
    for (const { name, does } of FAULTS) {
      expect(output).toMatch(new RegExp(`fault/${name} +${RegExp.escape(does)}`));
    }
  });

  test("a port that is taken or none, and an unknown flag, stop the start with a sentence", async () => {
    const { port } = new URL(simulator.url);
    expect(await simulate("--port", port)).toMatchObject({ code: 2 });
    expect((await simulate("--port", port)).output).toContain(`port ${port} is taken`);
    expect((await simulate("--port", "many")).output).toContain('"many" is no port');
    expect((await simulate("--prot", "1")).output).toContain("usage: candor simulate");
  });
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return Bun.fetch(new URL(path, simulator.url), { headers });
}

function ask(
  body: { model?: string; stream?: boolean },
  base = "/v1",
  headers: Record<string, string> = {},
): Promise<Response> {
  return Bun.fetch(new URL(`${base}/chat/completions`, simulator.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ messages: [{ role: "user", content: "Hello" }], ...body }),
    redirect: "manual",
  });
}

/** What arrived of a body, and whether it broke off. */
async function read(response: Response): Promise<{ text: string; isBroken: boolean }> {
  const chunks: Uint8Array[] = [];
  let isBroken = false;
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
  } catch {
    isBroken = true;
  }
  return { text: Buffer.concat(chunks).toString(), isBroken };
}

async function simulate(...words: string[]): Promise<{ code: number; output: string }> {
  const program = Bun.spawn(["bun", "src/main.ts", "simulate", ...words], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([program.stdout.text(), program.stderr.text()]);
  return { code: await program.exited, output: stdout + stderr };
}
