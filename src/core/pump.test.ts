import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { messages } from "./dialects/messages.ts";
import { CLIENT_STALLED, SHUTDOWN } from "./give-up.ts";
import { KEEP_ALIVE } from "./keep-alive.ts";
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
  type Upstream,
  type Watched,
} from "./testing.ts";
import type { Ending } from "./steps.ts";
import type { Limits } from "./truthful-response.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const HELLO = textEvent("Hello");
const USAGE = eventOf({ choices: [], usage: { completion_tokens: 1 } });
const ERROR = eventOf({ error: { code: 429, message: "Slow down" } });
const BLANK = new TextDecoder().decode(KEEP_ALIVE);
const PLAIN = { body: {} };

/** A client that reads when the test says so. */
interface Reader {
  /** What has come, once all that can be read now was read. */
  read: () => Promise<string>;
  leave: () => Promise<void>;
  /** How the body ended: undefined while it goes on. */
  ending: () => "closed" | "broken" | undefined;
}

function readerOf(response: Response): Reader {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let ending: "closed" | "broken" | undefined;
  let isReading = false;
  async function readOn(): Promise<void> {
    isReading = true;
    try {
      while (ending === undefined) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) ending = "closed";
        else text += decoder.decode(value);
      }
    } catch {
      ending = "broken";
    }
  }
  return {
    async read() {
      if (!isReading) void readOn();
      await settle();
      return text;
    },
    leave: async () => reader?.cancel(),
    ending: () => ending,
  };
}

/** A committed stream whose client has read its first event. */
async function begun(
  limits: Partial<Limits> = {},
  first = HELLO,
): Promise<Watched & Reader & { upstream: Upstream }> {
  const upstream = openUpstream();
  const watched = ask(upstream, {}, limits);
  upstream.send(first);
  const reader = readerOf(await watched.answer);
  await reader.read();
  return { ...watched, ...reader, upstream };
}

/** Lets time pass, and then all go on that has waited for it. */
async function pass(ms: number): Promise<void> {
  await settle();
  jest.advanceTimersByTime(ms);
  await settle();
}

/** The last rule that was told in band, and how the answer ended. */
function endOf({ steps }: Watched): [rule: string | undefined, ending: string | undefined] {
  const told = steps.findLast((step) => step.kind === "in-band");
  return [told?.fault.rule, kindsOf(steps).at(-1)];
}

describe("a stream that fails behind its status line", () => {
  const failures: [rule: string, fail: (upstream: Upstream) => void, isBreak: boolean][] = [
    ["cut", ({ cut }) => cut(), true],
    ["malformed-event", ({ send }) => send("data: oops\n\n"), true],
    ["silence", () => jest.advanceTimersByTime(4000), true],
    ["error-in-event", ({ send }) => send(ERROR), false],
    [
      "error-in-choice",
      ({ send }) => send(eventOf({ choices: [{ finish_reason: "error" }] })),
      false,
    ],
    ["ended-early", ({ end }) => end(), false],
  ];

  test.each(failures)(
    "%s: breaks off as upstream did, or ends cleanly",
    async (rule, fail, isBreak) => {
      const stream = await begun();
      fail(stream.upstream);
      expect(await stream.read()).toContain('"finish_reason":"error"');
      expect(endOf(stream)).toEqual([rule, isBreak ? "broken-off" : "failed"]);
      expect(stream.isBrokenOff()).toBe(isBreak);
      expect(stream.ending()).toBe(isBreak ? undefined : "closed");
    },
  );

  test.each(failures)("%s: breaks off with BREAK_STREAMS=failed", async (rule, fail) => {
    const stream = await begun({ breakStreams: "failed" });
    fail(stream.upstream);
    await stream.read();
    expect(endOf(stream)).toEqual([rule, "broken-off"]);
    expect(stream.isBrokenOff()).toBe(true);
  });

  test.each(failures)("%s: ends cleanly with BREAK_STREAMS=never", async (rule, fail) => {
    const stream = await begun({ breakStreams: "never" });
    fail(stream.upstream);
    await stream.read();
    expect(endOf(stream)).toEqual([rule, "failed"]);
    expect(stream.isBrokenOff()).toBe(false);
    expect(stream.ending()).toBe("closed");
  });

  test("frees upstream, and nothing follows the error, [DONE] least of all", async () => {
    const stream = await begun();
    stream.upstream.send(ERROR + HELLO + FINISH + DONE);
    const text = await stream.read();
    expect(text).toStartWith(`${HELLO}data: {"error":`);
    expect(text).not.toContain("[DONE]");
    expect(text.split(HELLO)).toHaveLength(2);
    expect(stream.upstream.isCanceled()).toBe(true);
  });

  test("tells the error twice: beside a finish, and with no choices", async () => {
    const stream = await begun();
    stream.upstream.send(ERROR);
    const events = (await stream.read()).slice(HELLO.length).trim().split("\n\n");
    const [first, second] = events.map((event) => JSON.parse(event.replace("data: ", "")));
    expect(events).toHaveLength(2);
    expect(first.choices).toEqual([{ index: 0, delta: {}, finish_reason: "error" }]);
    expect(second).toEqual({ ...first, choices: [] });
  });

  test("gives its code as a text where the fault is our own finding", async () => {
    const stream = await begun();
    stream.upstream.cut();
    expect(await stream.read()).toContain('"code":"502"');
    const told = await begun();
    told.upstream.send(ERROR);
    expect(await told.read()).toContain('"code":429');
  });

  test("without a way to break a connection off, breaks the body once all of it was read", async () => {
    const upstream = openUpstream();
    const { answer, steps } = ask(upstream, { breakOff: undefined });
    upstream.send(HELLO);
    const { read, ending } = readerOf(await answer);
    await read();
    upstream.cut();
    expect(await read()).toContain('"finish_reason":"error"');
    expect(ending()).toBe("broken");
    expect(kindsOf(steps).at(-1)).toBe("broken-off");
  });

  test("without a way to break a connection off, loses nothing of what came with the fault", async () => {
    const upstream = openUpstream();
    const { answer } = ask(upstream, { breakOff: undefined });
    upstream.send(HELLO);
    const reader = (await answer).body?.getReader();
    await reader?.read();
    upstream.send(`${HELLO}data: oops\n\n`);
    const texts: string[] = [];
    for (let reads = 0; reads < 2; reads++) {
      texts.push(new TextDecoder().decode((await reader?.read())?.value));
    }
    expect(texts).toEqual([HELLO, expect.stringContaining("not JSON")]);
    expect(await reader?.read().catch(() => "broken")).toBe("broken");
  });

  test.each<[rule: string, fail: (upstream: Upstream) => void]>([
    ["cut", ({ cut }) => cut()],
    ["ended-early", ({ end }) => end()],
  ])("within an event that is partly out, breaks the body at once: %s", async (rule, fail) => {
    const stream = await begun({ streamEventBytes: 100 });
    const half = textEvent("x".repeat(200)).slice(0, -2);
    stream.upstream.send(half);
    await stream.read();
    fail(stream.upstream);
    // No event can follow half of one, not even the error.
    expect(await stream.read()).toBe(HELLO + half);
    expect(stream.ending()).toBe("broken");
    expect(endOf(stream)).toEqual([rule, "broken-off"]);
  });

  test("because the server stops, says so", async () => {
    const stream = await begun();
    stream.control.abort(SHUTDOWN);
    expect(await stream.read()).toContain("proxy_shutdown");
    expect(endOf(stream)).toEqual(["shutdown", "broken-off"]);
  });
});

describe("a stream whose answer is whole", () => {
  test.each<[how: string, spoil: (upstream: Upstream) => void]>([
    ["is cut", ({ cut }) => cut()],
    ["brings data that is not JSON", ({ send }) => send("data: oops\n\n")],
    ["is silent for STREAM_TAIL_MS", () => jest.advanceTimersByTime(1000)],
  ])(
    "ends cleanly with [DONE] where its tail %s, and is logged as tail-lost",
    async (_how, spoil) => {
      const stream = await begun({ streamTailMs: 1000 });
      stream.upstream.send(FINISH);
      await stream.read();
      spoil(stream.upstream);
      expect(await stream.read()).toBe(HELLO + FINISH + DONE);
      expect(stream.ending()).toBe("closed");
      expect(kindsOf(stream.steps).slice(-3)).toEqual(["finished", "relayed", "tail-lost"]);
    },
  );

  test("is given STREAM_TAIL_MS for its usage, not before the finish", async () => {
    const stream = await begun({ streamTailMs: 1000 });
    await pass(1100);
    stream.upstream.send(FINISH);
    await pass(900);
    stream.upstream.send(USAGE + DONE);
    expect(await stream.read()).toBe(HELLO + FINISH + USAGE + DONE);
    expect(kindsOf(stream.steps).at(-1)).toBe("whole");
  });

  test("is not waited for longer than STREAM_IDLE_TIMEOUT_MS, where that is less", async () => {
    const stream = await begun({ streamIdleTimeoutMs: 500, streamTailMs: 1000 });
    stream.upstream.send(FINISH);
    await pass(500);
    expect(kindsOf(stream.steps).at(-1)).toBe("tail-lost");
  });

  test("frees an upstream whose tail is silent", async () => {
    const stream = await begun({ streamTailMs: 1000 });
    stream.upstream.send(FINISH);
    await pass(1000);
    expect(stream.upstream.isCanceled()).toBe(true);
  });

  test("is whole for a client that leaves behind its end, and not for one that leaves before", async () => {
    const before = await begun();
    await before.leave();
    expect(kindsOf(before.steps).at(-1)).toBe("client-left");
    const behind = await begun();
    behind.upstream.send(FINISH);
    await behind.read();
    await behind.leave();
    expect(kindsOf(behind.steps).at(-1)).toBe("whole");
    expect(behind.upstream.isCanceled()).toBe(true);
  });

  test("is not whole for a client that leaves before it was handed the end", async () => {
    // A large event is judged in slices, between which all timers have their turn.
    jest.useRealTimers();
    const upstream = openUpstream();
    const { answer, steps } = ask(upstream);
    upstream.send(textEvent("x".repeat(200_000)) + FINISH);
    const { leave } = readerOf(await answer);
    await leave();
    expect(kindsOf(steps).at(-1)).toBe("client-left");
  });

  test("is not whole for a client that never read its end, and is let go", async () => {
    const upstream = openUpstream();
    const { answer, steps } = ask(upstream, {}, { clientStallTimeoutMs: 1000 });
    upstream.send(HELLO + FINISH);
    await answer;
    await pass(1000);
    expect(kindsOf(steps).at(-1)).toBe("client-stalled");
  });

  test("is let go at once where it is given up as one that does not read", async () => {
    const upstream = openUpstream();
    const { answer, steps, control } = ask(upstream);
    upstream.send(HELLO + FINISH);
    await answer;
    control.abort(CLIENT_STALLED);
    expect(kindsOf(steps).at(-1)).toBe("client-stalled");
  });

  test("is read to its end, so that upstream's connection can be used again", async () => {
    const stream = await begun();
    stream.upstream.send(FINISH + DONE);
    await stream.read();
    stream.upstream.send(COMMENT);
    stream.upstream.end();
    await settle();
    expect(stream.upstream.isCanceled()).toBe(false);
    expect(kindsOf(stream.steps).at(-1)).toBe("whole");
  });

  test("is not whole for a client that leaves because the exchange is given up in its middle", async () => {
    const stream = await begun();
    stream.control.abort("the client left");
    await settle();
    expect(stream.ending()).toBe("broken");
    expect(kindsOf(stream.steps).at(-1)).toBe("client-left");
  });
});

describe("upstream's silence", () => {
  test("is counted from the last event with data: comments and half events are no sign of life", async () => {
    const stream = await begun({ streamIdleTimeoutMs: 1000 });
    await pass(500);
    stream.upstream.send(COMMENT);
    await pass(300);
    stream.upstream.send('data: {"choices"');
    await pass(190);
    expect(endOf(stream)[0]).toBeUndefined();
    await pass(10);
    expect(endOf(stream)).toEqual(["silence", "broken-off"]);
    expect(await stream.read()).toContain("1000 ms (STREAM_IDLE_TIMEOUT_MS)");
  });

  test("begins anew with each event with data, and not with a heartbeat", async () => {
    const stream = await begun({ streamIdleTimeoutMs: 1000 });
    await pass(900);
    stream.upstream.send(HELLO);
    await pass(900);
    stream.upstream.send("data:\n\n");
    expect(await stream.read()).toBe(HELLO + HELLO);
    await pass(100);
    expect(endOf(stream)).toEqual(["silence", "broken-off"]);
  });

  test("within the hold counts, where that ended with nothing but comments", async () => {
    const upstream = openUpstream();
    const watched = ask(upstream, { holdMs: 600 }, { streamIdleTimeoutMs: 1000 });
    upstream.send(COMMENT);
    await pass(600);
    await pass(0);
    const reader = readerOf(await watched.answer);
    expect(await reader.read()).toBe(BLANK);
    await pass(390);
    expect(endOf(watched)[0]).toBeUndefined();
    await pass(10);
    expect(endOf(watched)).toEqual(["silence", "broken-off"]);
  });

  test("does not count while the client does not read", async () => {
    const upstream = openUpstream();
    const watched = ask(upstream, {}, { streamIdleTimeoutMs: 1000 });
    upstream.send(HELLO);
    const reader = readerOf(await watched.answer);
    await pass(2000);
    expect(await reader.read()).toBe(HELLO);
    await pass(900);
    expect(endOf(watched)[0]).toBeUndefined();
  });
});

describe("comments of upstream", () => {
  test("become a blank line where nothing has gone out for KEEP_ALIVE_MS", async () => {
    const stream = await begun({ keepAliveMs: 1000 });
    await pass(900);
    stream.upstream.send(COMMENT);
    expect(await stream.read()).toBe(HELLO);
    await pass(100);
    expect(await stream.read()).toBe(HELLO);
    stream.upstream.send(COMMENT);
    expect(await stream.read()).toBe(HELLO + BLANK);
    stream.upstream.send(COMMENT);
    expect(await stream.read()).toBe(HELLO + BLANK);
    await pass(1000);
    stream.upstream.send(COMMENT);
    expect(await stream.read()).toBe(HELLO + BLANK + BLANK);
  });

  test("are needed for that: half an event or a heartbeat is none", async () => {
    const stream = await begun({ keepAliveMs: 1000 });
    stream.upstream.send(COMMENT);
    await pass(1000);
    stream.upstream.send("data:\n\n");
    stream.upstream.send('data: {"choices"');
    expect(await stream.read()).toBe(HELLO);
  });

  test("say nothing beside an event, or at the end", async () => {
    const stream = await begun({ keepAliveMs: 1000 });
    await pass(1000);
    stream.upstream.send(COMMENT + HELLO);
    expect(await stream.read()).toBe(HELLO + HELLO);
    await pass(1000);
    stream.upstream.send(COMMENT + DONE);
    expect(await stream.read()).toBe(HELLO + HELLO + DONE);
  });

  test("say nothing at the end of an answer without [DONE]", async () => {
    const upstream = openUpstream();
    const { answer } = ask(upstream, { dialect: messages }, { keepAliveMs: 0 });
    const delta = { type: "content_block_delta", index: 0, delta: { text: "Hi" } };
    const stop = eventOf(delta) + eventOf({ type: "message_stop" });
    upstream.send(stop);
    const reader = readerOf(await answer);
    await reader.read();
    upstream.send(COMMENT + DONE);
    expect(await reader.read()).toBe(stop);
    expect(reader.ending()).toBe("closed");
  });

  test("that came before the first event are not counted again", async () => {
    const stream = await begun({ keepAliveMs: 0 }, COMMENT + HELLO);
    stream.upstream.send('data: {"choices"');
    expect(await stream.read()).toBe(HELLO);
  });

  test("go out as they came with KEEP_COMMENTS", async () => {
    const stream = await begun({ keepComments: true, keepAliveMs: 0 }, COMMENT + HELLO);
    stream.upstream.send(COMMENT);
    stream.upstream.send(COMMENT + FINISH + DONE);
    expect(await stream.read()).toBe(COMMENT + HELLO + COMMENT + COMMENT + FINISH + DONE);
  });
});

/** An upstream that never ends, and counts how often it was asked for more. */
function flood(contentType: string, piece: Uint8Array) {
  let reads = 0;
  let isCanceled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        reads += 1;
        controller.enqueue(piece);
      },
      cancel: () => void (isCanceled = true),
    },
    { highWaterMark: 0 },
  );
  const response = new Response(body, { headers: { "content-type": contentType } });
  const upstream = { ...openUpstream(), response };
  return { upstream, reads: () => reads, isCanceled: () => isCanceled };
}

describe("the client's pace", () => {
  test.each([
    ["a stream", "text/event-stream", {}, new TextEncoder().encode(HELLO)],
    ["audio", "audio/mpeg", PLAIN, new Uint8Array(1000)],
  ])("is upstream's: of %s nothing is read ahead", async (_what, contentType, more, piece) => {
    const { upstream, reads, isCanceled } = flood(contentType, piece);
    const response = await ask(upstream, more).answer;
    await settle();
    const before = reads();
    expect(before).toBeLessThanOrEqual(1);
    const reader = response.body?.getReader();
    for (let count = 0; count < 5; count++) await reader?.read();
    await settle();
    expect(reads()).toBeLessThanOrEqual(before + 5);
    await reader?.cancel();
    expect(isCanceled()).toBe(true);
  });

  test("is seen in pieces of at most 64 KB, however large an event is", async () => {
    jest.useRealTimers();
    const large = textEvent("x".repeat(200_000));
    const upstream = openUpstream();
    const { answer, steps } = ask(upstream);
    upstream.send(large);
    const reader = (await answer).body?.getReader();
    const sizes: number[] = [];
    while (sizes.reduce((sum, size) => sum + size, 0) < large.length) {
      sizes.push((await reader?.read())?.value?.length ?? 0);
    }
    expect(sizes).toEqual([65_536, 65_536, 65_536, large.length - 3 * 65_536]);
    await settle();
    expect(steps.filter(({ kind }) => kind === "relayed")).toEqual(
      sizes.map((bytes) => ({ kind: "relayed", bytes })),
    );
  });

  test.each([
    ["a stream", "text/event-stream", {}, HELLO],
    ["audio", "audio/mpeg", PLAIN, "ID3"],
  ])("of nothing ends %s after CLIENT_STALL_TIMEOUT_MS", async (_what, contentType, more, sent) => {
    const upstream = openUpstream(contentType);
    const watched = ask(upstream, more, { clientStallTimeoutMs: 1000 });
    upstream.send(sent);
    const response = await watched.answer;
    await pass(990);
    expect(kindsOf(watched.steps)).not.toContain("client-stalled");
    await pass(10);
    expect(kindsOf(watched.steps).at(-1)).toBe("client-stalled");
    expect(upstream.isCanceled()).toBe(true);
    expect(await response.text().catch((error: Error) => error.message)).toBe(
      "The client stopped reading.",
    );
  });

  test("begins anew with each read: a slow client is not let go", async () => {
    const stream = await begun({ clientStallTimeoutMs: 1000, streamIdleTimeoutMs: 4000 });
    await pass(1500);
    stream.upstream.send(HELLO);
    expect(await stream.read()).toBe(HELLO + HELLO);
  });
});

describe("a body that no verdict is made on", () => {
  test("is passed on as it is, and whole at its end", async () => {
    const upstream = openUpstream("audio/mpeg");
    const watched = ask(upstream, PLAIN);
    upstream.send("ID3 data: oops\n\n");
    const reader = readerOf(await watched.answer);
    expect(await reader.read()).toBe("ID3 data: oops\n\n");
    upstream.end();
    await reader.read();
    expect(reader.ending()).toBe("closed");
    expect(kindsOf(watched.steps)).toEqual(
      "headers form committed relayed finished whole".split(" "),
    );
  });

  test("is broken off where upstream was, without a byte more", async () => {
    const upstream = openUpstream("audio/mpeg");
    const watched = ask(upstream, PLAIN);
    upstream.send("ID3");
    const reader = readerOf(await watched.answer);
    await reader.read();
    upstream.cut();
    expect(await reader.read()).toBe("ID3");
    expect(reader.ending()).toBe("broken");
    expect(endOf(watched)).toEqual(["cut", "broken-off"]);
  });

  test("is waited for UPSTREAM_TIMEOUT_MS in all, without the time in which the client does not read", async () => {
    const upstream = openUpstream("audio/mpeg");
    const watched = ask(upstream, PLAIN, { upstreamTimeoutMs: 1000 });
    upstream.send("a");
    const reader = (await watched.answer).body?.getReader();
    await reader?.read();
    await pass(2000);
    for (const piece of ["b", "c"]) {
      const read = reader?.read();
      await pass(300);
      upstream.send(piece);
      await read;
    }
    const last = reader?.read().catch((error: Error) => error.message);
    await pass(300);
    expect(endOf(watched)[0]).toBeUndefined();
    await pass(100);
    expect(await last).toContain("UPSTREAM_TIMEOUT_MS");
    expect(endOf(watched)).toEqual(["upstream-timeout", "broken-off"]);
  });

  test("is silent for STREAM_IDLE_TIMEOUT_MS at most", async () => {
    const upstream = openUpstream("audio/mpeg");
    const watched = ask(upstream, PLAIN, { streamIdleTimeoutMs: 1000 });
    upstream.send("ID3");
    const reader = readerOf(await watched.answer);
    await reader.read();
    await pass(1000);
    expect(endOf(watched)).toEqual(["silence", "broken-off"]);
  });
});

test.each<[when: string, fail: (upstream: Upstream) => void]>([
  ["reads", ({ send }) => send(ERROR)],
  ["waits", () => jest.advanceTimersByTime(4000)],
])(
  "a bug while it %s breaks the body off, frees upstream, and is one step",
  async (_when, fail) => {
    const upstream = openUpstream();
    const bug = new Error("a bug");
    const hide = () => {
      throw bug;
    };
    const { answer, steps } = ask(upstream, { hide });
    upstream.send(HELLO);
    const reader = readerOf(await answer);
    await reader.read();
    fail(upstream);
    expect(await reader.read()).toBe(HELLO);
    expect(reader.ending()).toBe("broken");
    expect(upstream.isCanceled()).toBe(true);
    expect(steps.filter(({ kind }) => kind === "bug")).toEqual([{ kind: "bug", error: bug }]);
    expect(kindsOf(steps).at(-1)).toBe("bug");
  },
);

test.each<[how: string, fail: (upstream: Upstream) => void, ending: Ending]>([
  ["with an error of upstream's", ({ send }) => send(ERROR), "failed"],
  ["with a break", ({ cut }) => cut(), "broken-off"],
  ["whole", ({ send, end }) => (send(FINISH + DONE), end()), "whole"],
])("an answer that ended %s ends once, whatever comes behind", async (_how, fail, ending) => {
  for (const reason of [SHUTDOWN, "the client left"]) {
    const stream = await begun();
    fail(stream.upstream);
    await stream.read();
    expect(jest.getTimerCount()).toBe(0);
    stream.control.abort(reason);
    await stream.read();
    await stream.leave();
    await pass(4000);
    expect(stream.steps.filter(({ kind }) => kind === "ended")).toEqual([
      { kind: "ended", ending },
    ]);
    expect(stream.steps.at(-1)).toEqual({ kind: "ended", ending });
  }
});

test("a message stream is whole without [DONE], and breaks off with one error event", async () => {
  const upstream = openUpstream();
  const watched = ask(upstream, { dialect: messages });
  const delta = eventOf({ type: "content_block_delta", index: 0, delta: { text: "Hi" } });
  upstream.send(delta);
  const reader = readerOf(await watched.answer);
  await reader.read();
  upstream.cut();
  const text = await reader.read();
  expect(text).toMatch(/^data: .*\n\nevent: error\ndata: \{"type":"error".*\n\n$/);
});

describe("whose turn it is", () => {
  test("is the client's from when it was handed something until it asks for more", async () => {
    const turn = { since: Number.POSITIVE_INFINITY };
    const upstream = openUpstream();
    const { answer } = ask(upstream, { turn });
    upstream.send(HELLO);
    const { read } = readerOf(await answer);
    expect(performance.now() - turn.since).toBeLessThan(1000);
    await read();
    expect(turn.since).toBe(Number.POSITIVE_INFINITY);
  });

  test("is nobody's once the client was let go", async () => {
    const turn = { since: Number.POSITIVE_INFINITY };
    const upstream = openUpstream();
    const { answer } = ask(upstream, { turn }, { clientStallTimeoutMs: 1000 });
    upstream.send(HELLO);
    await answer;
    await pass(1000);
    expect(turn.since).toBe(Number.POSITIVE_INFINITY);
  });
});
