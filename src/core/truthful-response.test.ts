import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { chat } from "./dialects/chat.ts";
import { embeddings } from "./dialects/embeddings.ts";
import { messages } from "./dialects/messages.ts";
import { other } from "./dialects/other.ts";
import { SHUTDOWN, UPSTREAM_TIMEOUT } from "./give-up.ts";
import {
  ask,
  COMMENT,
  DONE,
  eventOf,
  FINISH,
  kindsOf,
  openUpstream,
  settle,
  textEvent,
} from "./testing.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Lets time pass, and then all go on that has waited for it. */
async function pass(ms: number): Promise<void> {
  await settle();
  jest.advanceTimersByTime(ms);
  await settle();
  // What waited sets limits of its own, which may be over already.
  jest.advanceTimersByTime(0);
  await settle();
}

const HELLO = textEvent("Hello");
const ANSWER = JSON.stringify({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] });
const PLAIN = { body: {} };

const buggy = {
  ...chat,
  readEvent() {
    throw new Error("a bug");
  },
};

test("a bug before the status line gives up what upstream has not sent yet", async () => {
  const upstream = openUpstream();
  const { answer } = ask(upstream, { dialect: buggy });
  answer.catch(() => {});
  upstream.send(COMMENT);
  await settle();
  expect(upstream.isCanceled()).toBe(false);
  upstream.send(HELLO);
  await expect(answer).rejects.toThrow("a bug");
  expect(upstream.isCanceled()).toBe(true);
});

describe("the hold of a stream", () => {
  test("ends holdMs after the request's arrival, however late upstream's headers came", async () => {
    const upstream = openUpstream();
    const arrivedAt = performance.now() - 900;
    const { answer, steps } = ask(upstream, { arrivedAt, holdMs: 1000 });
    upstream.send(COMMENT);
    await pass(90);
    expect(kindsOf(steps)).not.toContain("committed");
    await pass(10);
    expect((await answer).status).toBe(200);
    expect(steps).toContainEqual({
      kind: "committed",
      status: 200,
      reason: "hold-limit",
      place: { event: undefined, start: 0, end: COMMENT.length },
    });
  });

  test("that is over when the headers come still judges what is there already", async () => {
    const upstream = openUpstream();
    upstream.send(eventOf({ error: { code: 429, message: "Slow down" } }));
    const { answer } = ask(upstream, { holdMs: 0 });
    expect((await answer).status).toBe(429);
  });

  test("ends at streamHoldBytes", async () => {
    const upstream = openUpstream();
    const { answer } = ask(upstream, {}, { streamHoldBytes: 2 * COMMENT.length - 1 });
    upstream.send(COMMENT);
    await settle();
    upstream.send(COMMENT);
    expect((await answer).status).toBe(200);
  });

  test("that was broken by upstream is 502, and what was given up rejects with the reason", async () => {
    const cut = openUpstream();
    const first = ask(cut);
    cut.send(COMMENT);
    await settle();
    cut.cut();
    expect((await first.answer).status).toBe(502);
    expect(first.steps).toContainEqual({
      kind: "repaired",
      fault: expect.objectContaining({ rule: "cut", status: 502 }),
      told: expect.anything(),
    });
    for (const begun of [COMMENT, eventOf({ choices: [] })]) {
      const upstream = openUpstream();
      const given = ask(upstream);
      upstream.send(begun);
      await settle();
      given.control.abort(SHUTDOWN);
      expect(await given.answer.catch((reason: unknown) => reason)).toBe(SHUTDOWN);
    }
  });
});

describe("an answer that is no stream", () => {
  test("is given up upstreamTimeoutMs after the request's arrival", async () => {
    const upstream = openUpstream("application/json");
    const arrivedAt = performance.now() - 900;
    const { answer, control } = ask(upstream, { ...PLAIN, arrivedAt }, { upstreamTimeoutMs: 1000 });
    const outcome = answer.catch((reason: unknown) => reason);
    await pass(90);
    expect(control.signal.aborted).toBe(false);
    await pass(10);
    expect(control.signal.reason).toBe(UPSTREAM_TIMEOUT);
    expect(await outcome).toBe(UPSTREAM_TIMEOUT);
  });

  test("is not held: its form may be told later than that of a stream", async () => {
    const upstream = openUpstream("text/plain");
    const { answer } = ask(upstream, { ...PLAIN, holdMs: 500 });
    upstream.send("\n");
    await pass(600);
    upstream.send(ANSWER);
    upstream.end();
    expect((await answer).status).toBe(200);
  });

  test("keeps the status of a failure whose body came too late", async () => {
    const upstream = openUpstream("application/json", { status: 429 });
    const { answer } = ask(upstream, PLAIN, { upstreamTimeoutMs: 1000 });
    await pass(1000);
    expect((await answer).status).toBe(429);
  });

  test("but not where the client left: nobody reads a status then", async () => {
    const upstream = openUpstream("application/json", { status: 429 });
    const { answer, control } = ask(upstream, PLAIN);
    const outcome = answer.catch((reason: unknown) => reason);
    await settle();
    control.abort("left");
    expect(await outcome).toBe("left");
  });

  test("that came in time meets no limit later", async () => {
    const upstream = openUpstream("application/json");
    upstream.send(ANSWER);
    upstream.end();
    const { answer, control } = ask(upstream, PLAIN, { upstreamTimeoutMs: 1000 });
    expect(await (await answer).text()).toBe(ANSWER);
    await pass(1000);
    expect(control.signal.aborted).toBe(false);
  });

  test("of a binary form is broken off upstreamTimeoutMs after the request's arrival", async () => {
    const upstream = openUpstream("audio/mpeg");
    const arrivedAt = performance.now() - 900;
    const { answer, steps } = ask(upstream, { ...PLAIN, arrivedAt }, { upstreamTimeoutMs: 1000 });
    upstream.send("ID3");
    const body = (await answer).text().catch((error: Error) => error.message);
    await pass(90);
    expect(kindsOf(steps)).toEqual(["headers", "form", "committed", "relayed"]);
    await pass(10);
    expect(await body).toContain("UPSTREAM_TIMEOUT_MS");
    expect(kindsOf(steps).slice(4)).toEqual(["in-band", "broken-off"]);
    expect(upstream.isCanceled()).toBe(true);
  });
});

describe("the steps of an exchange", () => {
  test("begin with upstream's status and the generation that its header field names", async () => {
    const upstream = openUpstream("application/json", { headers: { "x-generation-id": "gen-7" } });
    upstream.send(ANSWER);
    upstream.end();
    const { answer, steps } = ask(upstream, PLAIN);
    await answer;
    expect(steps).toEqual([
      { kind: "headers", status: 200 },
      { kind: "facts", facts: { generationId: "gen-7" } },
      { kind: "form", form: "json" },
      { kind: "facts", facts: {} },
      { kind: "committed", status: 200, reason: "whole", place: undefined },
      { kind: "relayed", bytes: ANSWER.length },
      { kind: "ended", ending: "whole" },
    ]);
  });

  test("of a healthy stream end with its end, once", async () => {
    const upstream = openUpstream();
    const { answer, steps } = ask(upstream);
    upstream.send(COMMENT);
    await settle();
    upstream.send(HELLO);
    const body = (await answer).text();
    upstream.send(FINISH + DONE);
    upstream.end();
    expect(await body).toBe(HELLO + FINISH + DONE);
    expect(kindsOf(steps)).toEqual(
      "headers form held facts decided committed relayed finished relayed whole".split(" "),
    );
  });

  test("of a repaired answer name the fault, its status and where it stood", async () => {
    const upstream = openUpstream();
    const { answer, steps } = ask(upstream);
    const error = eventOf({ error: { code: 429, message: "Slow down" } });
    upstream.send(COMMENT + error);
    expect((await answer).status).toBe(429);
    expect(upstream.isCanceled()).toBe(true);
    expect(steps.slice(3)).toEqual([
      {
        kind: "repaired",
        fault: {
          rule: "error-in-event",
          status: 429,
          claim: { status: 429, from: "error.code", claim: 429 },
          code: "rate_limit_exceeded",
          message: "Slow down",
          place: {
            event: 1,
            start: COMMENT.length,
            end: COMMENT.length + error.length,
          },
        },
        told: {
          upstream: { code: 429, message: "Slow down" },
          answer: expect.stringContaining('"message":"Slow down"'),
        },
      },
      { kind: "relayed", bytes: expect.any(Number) },
      { kind: "ended", ending: "whole" },
    ]);
  });
});

describe("an answer in the form that was not asked for", () => {
  test.each([
    ["a stream", "a plain request", PLAIN, "text/event-stream", HELLO + FINISH + DONE],
    ["plain JSON", "a request for a stream", {}, "application/json", ANSWER],
  ])("is 502: %s for %s", async (_what, _asked, more, contentType, body) => {
    const upstream = openUpstream(contentType);
    upstream.send(body);
    upstream.end();
    const { answer, steps } = ask(upstream, more);
    expect((await answer).status).toBe(502);
    expect(steps).toContainEqual({
      kind: "repaired",
      fault: expect.objectContaining({ rule: "unexpected-form" }),
      told: expect.anything(),
    });
  });

  test("is relayed where there are no streams, whatever was asked for", async () => {
    const body = JSON.stringify({ object: "list", data: [{ embedding: [0.5] }] });
    const upstream = openUpstream("application/json");
    upstream.send(body);
    upstream.end();
    const { answer } = ask(upstream, { dialect: embeddings });
    expect(await (await answer).text()).toBe(body);
  });

  test("is relayed on an endpoint without a dialect", async () => {
    const upstream = openUpstream();
    upstream.send("data: any text\n\n");
    upstream.end();
    const { answer } = ask(upstream, { dialect: other, body: {} });
    expect(await (await answer).text()).toBe("data: any text\n\n");
  });
});

const hide = (text: string) => text.replaceAll("secret", "[key]");

describe("a secret that upstream repeats", () => {
  test("is hidden in the body and the header fields of a repaired answer", async () => {
    const headers = { "x-echo": "a secret", "x-secret": "yes", "x-other": "kept" };
    const upstream = openUpstream("application/json", { headers });
    upstream.send(JSON.stringify({ error: { code: 401, message: "no secret" } }));
    upstream.end();
    const response = await ask(upstream, { ...PLAIN, hide }).answer;
    expect(await response.text()).toContain("no [key]");
    expect(response.headers.get("x-echo")).toBe("a [key]");
    expect(response.headers.get("x-other")).toBe("kept");
    expect(response.headers.has("x-secret")).toBe(false);
  });

  test("is hidden in an error in band", async () => {
    const upstream = openUpstream();
    const { answer } = ask(upstream, { hide });
    upstream.send(HELLO);
    const body = (await answer).text();
    upstream.send(eventOf({ error: { code: 401, message: "no secret" } }));
    expect(await body).toContain("no [key]");
  });
});

async function statusOf(dialect: typeof other, text: string): Promise<number> {
  const upstream = openUpstream("text/plain");
  upstream.send(text);
  upstream.end();
  return (await ask(upstream, { dialect, body: {} }).answer).status;
}

describe("a text in place of an answer", () => {
  test("is 502 where JSON is due, and relayed elsewhere, unless it is a page", async () => {
    expect(await statusOf(messages, "Hello")).toBe(502);
    expect(await statusOf(other, "Hello")).toBe(200);
    expect(await statusOf(other, "<html>Hello</html>")).toBe(502);
  });

  test("that has too much structure to be read has a failure's status and no words", async () => {
    const upstream = openUpstream("application/json", { status: 400 });
    upstream.send(`{"error":{"message":"x","deep":${"[".repeat(9)}${"]".repeat(9)}}}`);
    upstream.end();
    const structure = { maxDepth: 8, maxContainers: 1000 };
    const response = await ask(upstream, PLAIN, { structure }).answer;
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining("no message") },
    });
  });
});
