import { describe, expect, jest, test } from "bun:test";
import { Body } from "./body.ts";
import { openUpstream, settle } from "./testing.ts";

const decoder = new TextDecoder();

/** A body that a test writes, and its reader. */
function open() {
  const upstream = openUpstream();
  return { ...upstream, body: new Body(upstream.response) };
}

async function next(body: Body): Promise<string | undefined> {
  const { value } = await body.next();
  return value && decoder.decode(value);
}

describe("Body", () => {
  test("is read chunk by chunk, and stays at its end", async () => {
    const { body, send, end } = open();
    send("a");
    send("b");
    end();
    expect([await next(body), await next(body)]).toEqual(["a", "b"]);
    expect([await next(body), await next(body)]).toEqual([undefined, undefined]);
  });

  test("of a response without one is at its end at once", async () => {
    const body = new Body(new Response(null));
    await body.ready();
    expect(await next(body)).toBeUndefined();
  });

  test("rejects where the connection broke off, behind what came before", async () => {
    const { body, send, cut } = open();
    send("a");
    expect(await next(body)).toBe("a");
    cut();
    expect(await next(body).catch((error: Error) => error.message)).toBe("ECONNRESET");
  });

  test("a wait for the next chunk takes nothing, however often", async () => {
    const { body, send } = open();
    const waits = [body.ready(), body.ready()];
    send("a");
    await Promise.all(waits);
    expect(await next(body)).toBe("a");
  });

  test("what is put back comes first, in order, also for a look", async () => {
    const { body, send, end } = open();
    send("a");
    send("b");
    send("c");
    end();
    const chunks = [await body.next(), await body.next()].map(
      ({ value = new Uint8Array() }) => value,
    );
    body.putBack(chunks.slice(1));
    body.putBack(chunks.slice(0, 1));
    await body.ready();
    expect(await next(body)).toBe("a");
    expect(decoder.decode(await body.rest())).toBe("bc");
  });

  test("that nobody has begun is read whole, and what is put back then is all there is", async () => {
    const { body, send, end } = open();
    send("ab");
    end();
    const bytes = (await body.rest()) ?? new Uint8Array();
    expect(decoder.decode(bytes)).toBe("ab");
    body.putBack([bytes]);
    expect(await next(body)).toBe("ab");
    expect(await next(body)).toBeUndefined();
    expect(await body.rest()).toHaveLength(0);
  });

  test("a large chunk is given out in slices of 32 KB, a turn of the event loop apart", async () => {
    const { body, send, end } = open();
    send(new Uint8Array(80_000));
    send("a");
    end();
    expect((await body.nextSlice()).value).toHaveLength(32_768);
    await body.ready();
    const second = body.nextSlice();
    await settle();
    expect(Bun.peek.status(second)).toBe("pending");
    expect((await second).value).toHaveLength(32_768);
    expect((await body.nextSlice()).value).toHaveLength(80_000 - 2 * 32_768);
    expect((await body.nextSlice()).value).toHaveLength(1);
    expect((await body.nextSlice()).value).toBeUndefined();
  });

  test("of two bodies with a large chunk each, one is given out in a turn", async () => {
    const [one, other] = [open(), open()];
    for (const { send } of [one, other]) send(new Uint8Array(30_000));
    const [first, second] = [one.body.nextSlice(), other.body.nextSlice()];
    expect((await first).value).toHaveLength(30_000);
    expect(Bun.peek.status(second)).toBe("pending");
    expect((await second).value).toHaveLength(30_000);
  });

  test("is not read as one beyond the limit, and can be read on from where it stands", async () => {
    const chunks = ["abc", "def", "ghi", "jkl"].map((text) => new TextEncoder().encode(text));
    const source = new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift();
        return chunk === undefined ? controller.close() : controller.enqueue(chunk);
      },
    });
    const body = new Body(new Response(source), 5);
    expect(await body.rest()).toBeUndefined();
    expect(chunks.length).toBeGreaterThan(0);
    for (const text of ["abc", "def", "ghi", "jkl"]) expect(await next(body)).toBe(text);
    expect(await next(body)).toBeUndefined();
  });

  test("is not begun where its declared length is beyond the limit", async () => {
    const headers = { "content-length": "6" };
    expect(await new Body(new Response("abcdef", { headers }), 5).rest()).toBeUndefined();
    expect(await new Body(new Response("abcdef", { headers }), 6).rest()).toHaveLength(6);
    const coded = { "content-length": "6", "content-encoding": "gzip" };
    expect(await new Body(new Response("abcde", { headers: coded }), 5).rest()).toHaveLength(5);
  });

  test("given up frees upstream, begun or not, and does not mind a broken one", async () => {
    const whole = open();
    whole.body.cancel();
    expect(whole.isCanceled()).toBe(true);
    const begun = open();
    begun.send("a");
    await next(begun.body);
    begun.body.cancel();
    expect(begun.isCanceled()).toBe(true);
    const broken = open();
    broken.cut();
    broken.body.cancel();
    new Body(new Response(null)).cancel();
    await settle();
  });
});

describe("the rest of a body, behind all that matters", () => {
  test("is read to its end, so that the connection can be used again", async () => {
    const { body, send, end, isCanceled } = open();
    send("a");
    await next(body);
    body.drop();
    send("b");
    end();
    await settle();
    expect(isCanceled()).toBe(false);
    expect(await next(body)).toBeUndefined();
  });

  test("is given up where more than 64 KB come", async () => {
    const { body, send, isCanceled } = open();
    body.drop();
    send(new Uint8Array(65_536));
    await settle();
    expect(isCanceled()).toBe(false);
    send("a");
    await settle();
    expect(isCanceled()).toBe(true);
  });

  test("is given up where it does not end within a second, and not waited for where it does", async () => {
    jest.useFakeTimers();
    const ended = open();
    ended.body.drop();
    ended.end();
    await settle();
    expect(jest.getTimerCount()).toBe(0);
    const silent = open();
    silent.body.drop();
    await settle();
    jest.advanceTimersByTime(999);
    expect(silent.isCanceled()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(silent.isCanceled()).toBe(true);
    jest.useRealTimers();
  });

  test("may break off", async () => {
    const { body, cut } = open();
    body.drop();
    cut();
    await settle();
  });
});
