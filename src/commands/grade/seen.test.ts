import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { describeSeen } from "./seen-description.ts";
import { type Seen, see, UNANSWERED } from "./seen.ts";

// On a busy machine, so many bytes take longer than the default.
setDefaultTimeout(30_000);

const json = (value: unknown, status = 200) => see(Response.json(value, { status }));
const events = (...data: unknown[]) => streamOf(data.map((value) => `data: ${text(value)}\n\n`));
const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
const choice = (more: object) => ({ choices: [{ index: 0, ...more }] });

function streamOf(parts: string[], error?: Error): Promise<Seen> {
  const upcoming = parts.values();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = upcoming.next();
      if (!done) controller.enqueue(new TextEncoder().encode(value));
      else if (error === undefined) controller.close();
      else controller.error(error);
    },
  });
  return see(new Response(body, { headers: { "content-type": "text/event-stream" } }));
}

describe("what was generated", () => {
  test("is read from the answers of all endpoints", async () => {
    const chat = choice({ message: { content: "Hi", refusal: null }, finish_reason: "stop" });
    expect((await json(chat)).words).toEqual({ content: "Hi", finish_reason: "stop" });
    const call = { function: { name: "f", arguments: "{}" } };
    const calls = choice({ message: { content: null, tool_calls: [call] } });
    expect((await json(calls)).words).toEqual({ name: "f", arguments: "{}" });
    const message = { content: [{ type: "text", text: "Hi" }], stop_reason: "end_turn" };
    expect((await json(message)).words).toEqual({ text: "Hi", stop_reason: "end_turn" });
    const embeddings = { data: [{ embedding: [0.5, 1] }, { embedding: [2] }] };
    expect((await json(embeddings)).words).toEqual({ embedding: "0.5,12" });
  });

  test("is put together from the events of a stream", async () => {
    const chat = events(
      choice({ delta: { role: "assistant", content: "" } }),
      choice({ delta: { content: "He" } }),
      choice({ delta: { content: "y" }, finish_reason: null }),
      choice({ delta: {}, finish_reason: "stop" }),
      choice({ delta: {}, finish_reason: "stop" }),
      "[DONE]",
    );
    expect(await chat).toMatchObject({
      words: { content: "Hey", finish_reason: "stop" },
      end: "done",
    });
    const responses = events(
      { type: "response.output_text.delta", delta: "Hi" },
      { type: "response.output_text.done", text: "Hi" },
      { type: "response.completed", response: { status: "completed" } },
    );
    expect((await responses).words).toEqual({ delta: "Hi", text: "Hi", status: "completed" });
  });

  test("is not what the model thinks", async () => {
    const message = { reasoning_details: [{ text: "Hm" }], reasoning: "Hm", content: "Hi" };
    expect((await json(choice({ message }))).words).toEqual({ content: "Hi" });
    const thinking = { content: [{ type: "thinking", text: "Hm" }, { text: "Hi" }] };
    expect((await json(thinking)).words).toEqual({ text: "Hi" });
    const event = { type: "response.reasoning_text.delta", delta: "Hm" };
    expect((await events(event, { delta: "Hi" })).words).toEqual({ delta: "Hi" });
  });
});

describe("an error", () => {
  const bodies: [body: unknown, message: string | undefined, code: string | undefined][] = [
    [{ error: { message: "No", code: 429 } }, "No", "429"],
    [{ error: { message: "No", type: "overloaded_error" } }, "No", "overloaded_error"],
    [{ error: "No" }, "No", undefined],
    [{ type: "error", error: { message: "No", type: "api_error" } }, "No", "api_error"],
    [{ type: "error", message: "No", code: "server_error" }, "No", "server_error"],
    [{ type: "response.failed", error: { message: "No", code: "x" } }, "No", "x"],
    [{ type: "response.failed", response: { error: { message: "No", code: "x" } } }, "No", "x"],
  ];
  test.each(bodies)("is found in %j, plain and as an event", async (body, message, code) => {
    expect((await json(body)).error).toEqual({ message, code });
    expect((await events(body)).error).toEqual({ message, code });
  });

  test("is what an event of that name says", async () => {
    expect((await streamOf(["event: error\ndata: No\n\n"])).error).toBeDefined();
  });

  test("is not what a choice holds, nor what says nothing", async () => {
    expect((await json(choice({ error: { code: 502 } }))).error).toBeUndefined();
    expect((await json({ error: null, ...choice({}) })).error).toBeUndefined();
  });
});

describe("the end", () => {
  test("is broken where the connection was, and nothing counts behind [DONE]", async () => {
    const broken = await streamOf(["data: {}\n\n"], new Error("reset"));
    expect(broken).toMatchObject({ end: "broken", isJson: true });
    const behind = await streamOf(['data: [DONE]\n\ndata: {"error":"x"}\n\n'], new Error("reset"));
    expect(behind).toMatchObject({ end: "done", error: undefined });
  });

  test("is late where the time was over", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("over")) });
    expect((await see(new Response(body), AbortSignal.abort())).end).toBe("late");
  });

  test("of a stream may lack its blank line", async () => {
    expect((await streamOf(['data: {"error":"No"}'])).error?.message).toBe("No");
    expect((await streamOf(["data: [DONE]"])).end).toBe("done");
  });
});

describe("describeSeen", () => {
  const descriptions: [seen: Promise<Seen>, description: string][] = [
    [json(choice({ message: { content: "Hello!" } })), '200 json: "Hello!"'],
    [
      json(choice({ message: { content: "All is well with us." } })),
      '200 json: "All is well with…"',
    ],
    [json(choice({ finish_reason: "length" })), "200 json: finish length"],
    [json({ error: { message: "Too many of them", code: 429 } }, 429), "429 json: error 429"],
    [json({ error: "No\ntime" }, 500), '500 json: error "No\\ntime"'],
    [json({ error: true }, 500), "500 json: error"],
    [json({}), "200 json: neither answer nor error"],
    [see(new Response("", { status: 204 })), "204 text: nothing"],
    [see(new Response(" <html>\n")), '200 text: "<html>"'],
    [
      see(new Response("{oops", { headers: { "content-type": "application/json" } })),
      "200 json: not JSON",
    ],
    [
      see(new Response("abc", { headers: { "content-type": "audio/mpeg" } })),
      "200 binary: 3 bytes",
    ],
    [events("[DONE]"), "200 stream: [DONE]"],
    [streamOf([": hi\n\n"]), "200 stream: nothing"],
    [
      events(choice({ delta: { content: "Hi" } }), { error: { code: 502 } }, "[DONE]"),
      '200 stream: "Hi", error 502, [DONE]',
    ],
    [streamOf([], new Error("reset")), "200 stream: cut off"],
    [Promise.resolve({ ...UNANSWERED, status: 200, end: "late" }), "200 text: no end in time"],
    [Promise.resolve(UNANSWERED), "no answer"],
    [Promise.resolve({ ...UNANSWERED, end: "late" }), "nothing in time"],
  ];
  test.each(descriptions)("an answer is told in a few words %#", async (seen, description) => {
    expect(describeSeen(await seen)).toBe(description);
  });
});

describe("an answer without an end", () => {
  const MEBIBYTE = "x".repeat(2 ** 20);
  const parts = Array.from({ length: 65 }, () => `: ${MEBIBYTE}\n\n`);

  test("is left at 64 MiB, as a stream and as a body", async () => {
    expect((await streamOf(parts)).end).toBe("endless");
    expect((await see(new Response(parts.join("")))).end).toBe("endless");
    expect(describeSeen(await streamOf(parts))).toBe("200 stream: no end within 64 MiB");
  });
});
