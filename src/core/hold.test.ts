import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { Body } from "./body.ts";
import { chat } from "./dialects/chat.ts";
import { type Held, type HoldLimits, holdStream } from "./hold.ts";
import type { Step } from "./steps.ts";
import { StreamJudge } from "./stream-judge.ts";
import { COMMENT, DONE, eventOf, FINISH, openUpstream, settle, textEvent } from "./testing.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const HELLO = textEvent("Hello");
const ROLE = eventOf({ choices: [{ index: 0, delta: { role: "assistant" } }] });
const ERROR = eventOf({ error: { code: 429 } });

/** Holds a stream that the test writes, for a second and a thousand bytes, unless told. */
function hold(limits: Partial<HoldLimits> = {}) {
  const upstream = openUpstream();
  const steps: Step[] = [];
  const now = performance.now();
  const held = holdStream(
    new Body(upstream.response),
    new StreamJudge(chat, { maxEventBytes: 1_000_000 }),
    { until: now + 1000, bytes: 1000, ...limits },
    (step) => steps.push(step),
    now,
  );
  return { ...upstream, held, steps };
}

/** What is held for the client. */
function textOf(held: Held): string {
  if (held.kind !== "relay") throw new Error(`It is ${held.kind}.`);
  return new TextDecoder().decode(Buffer.concat(held.bytes));
}

describe("a held stream", () => {
  test("is relayed at its first content, with all that was held, in order", async () => {
    const { held, send, steps } = hold();
    send(ROLE);
    await settle();
    send(COMMENT + HELLO);
    const result = await held;
    expect(textOf(result)).toBe(ROLE + HELLO);
    expect(result).toMatchObject({ ending: undefined, silentMs: 0 });
    expect(steps).toEqual([{ kind: "held", bytes: ROLE.length, comments: 0 }]);
  });

  test("is a fault at an error, and whole at its end", async () => {
    const failed = hold();
    failed.send(ROLE + ERROR);
    expect(await failed.held).toMatchObject({ kind: "fault", fault: { rule: "error-in-event" } });
    const whole = hold();
    whole.send(HELLO + FINISH + DONE);
    expect(await whole.held).toMatchObject({ kind: "relay", ending: { kind: "whole" } });
  });

  test("that fails behind its first content in one chunk is relayed with its ending", async () => {
    const { held, send } = hold();
    send(HELLO + ERROR);
    const result = await held;
    expect(textOf(result)).toBe(HELLO);
    expect(result).toMatchObject({ ending: { kind: "failed" } });
  });

  test("is ended early where its body ends before anything was said", async () => {
    const { held, send, end } = hold();
    send(ROLE);
    end();
    expect(await held).toMatchObject({ kind: "fault", fault: { rule: "ended-early" } });
  });

  test.each([
    ["before a verdict", ROLE, { kind: "broken" }],
    ["within the first event", HELLO.slice(0, -1), { kind: "broken" }],
    [
      "behind an error that lacks only its last LF",
      ERROR.replace(/\n\n$/, "\r\n\r"),
      { kind: "fault" },
    ],
    [
      "behind content that lacks only its last LF",
      HELLO.replace(/\n\n$/, "\r\n\r"),
      { kind: "relay" },
    ],
  ])("that is cut %s", async (_where, sent, verdict) => {
    const { held, send, cut } = hold();
    send(sent);
    await settle();
    cut();
    expect(await held).toMatchObject(verdict);
  });
});

describe("the limits of the hold", () => {
  test("let out what was held, and say for how long there was no sign of life", async () => {
    const { held, send, steps } = hold();
    await settle();
    jest.advanceTimersByTime(400);
    send(ROLE);
    await settle();
    jest.advanceTimersByTime(300);
    send(COMMENT);
    await settle();
    jest.advanceTimersByTime(300);
    const result = await held;
    expect(textOf(result)).toBe(ROLE);
    expect(result).toMatchObject({ ending: undefined, silentMs: expect.closeTo(600, 0) });
    expect(steps.at(-1)).toMatchObject({ bytes: ROLE.length + COMMENT.length, comments: 1 });
  });

  test("let out a blank line where there is nothing else: the status line needs a byte behind it", async () => {
    const { held } = hold();
    await settle();
    jest.advanceTimersByTime(1000);
    expect(textOf(await held)).toBe(" \n\n");
  });

  test("come after what is there already, though the time is over", async () => {
    const { held, send } = hold({ until: 0 });
    send(ERROR);
    expect(await held).toMatchObject({ kind: "fault" });
  });

  test("are reached by bytes as well, comments included, and half an event is not let out", async () => {
    const { held, send } = hold({ bytes: 2 * COMMENT.length });
    send(COMMENT);
    await settle();
    expect(Bun.peek.status(held)).toBe("pending");
    send(HELLO.slice(0, COMMENT.length));
    expect(textOf(await held)).toBe(" \n\n");
  });
});
