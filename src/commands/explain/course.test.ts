import { expect, test } from "bun:test";
import { readConfig } from "../../config/config.ts";
import { followStream } from "./course.ts";
import { chat } from "../../core/dialects/chat.ts";
import { other } from "../../core/dialects/other.ts";

const TEXT = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}';
const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
const ERROR = 'data: {"error":{"code":429,"message":"Slow down."}}';
const DONE = "data: [DONE]";

function follow(body: string, { isCut = false, dialect = chat, flags = [] as string[] } = {}) {
  const reading = readConfig({}, flags);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  const course = followStream(Buffer.from(body), isCut, dialect, reading.config);
  return {
    ...course,
    told: course.steps.map(({ kind, place }) => [kind, place?.event, place?.offset]),
  };
}

test.each(["\n\n", "\r\n\r\n", "\r\r", "\n\r\n", "\r\n\n", "\n\r"])(
  "events that end with %j are counted and placed",
  (end) => {
    const length = end.length;
    const { events, others, told } = follow([": hello", TEXT, ERROR, ""].join(end));
    expect([events, others]).toEqual([2, 1]);
    expect(told).toEqual([
      ["answer", 1, 7 + length],
      ["failure", 2, 7 + TEXT.length + 2 * length],
    ]);
  },
);

test("a last event without a blank line counts at the end of a body, and not at a cut", () => {
  const body = `${TEXT}\n\n${FINISH}`;
  const failed = follow(body, { isCut: true });
  expect(follow(body).told).toEqual([
    ["answer", 1, 0],
    ["completed", undefined, undefined],
  ]);
  expect(failed.told[1]).toEqual(["failure", undefined, undefined]);
  expect([failed.events, failed.fault?.rule]).toEqual([1, "cut"]);
});

test("at a cut, a last event counts that lacks no more than the LF of its blank line", () => {
  const { told } = follow(`${TEXT}\r\n\r\n${ERROR}\r\n\r`, { isCut: true });
  expect(told[1]).toEqual(["failure", 2, TEXT.length + 4]);
});

test("what comes behind [DONE] is counted, and no step", () => {
  const { events, told } = follow([TEXT, FINISH, DONE, ERROR, ""].join("\n\n"));
  expect(events).toBe(4);
  expect(told.at(-1)).toEqual(["whole", 3, TEXT.length + FINISH.length + 4]);
});

test("an error behind the whole answer is placed, whether anything is left of its event or not", () => {
  const usage = 'data: {"usage":{"total_tokens":3},"error":{"code":400}}';
  const { told, fault } = follow([TEXT, FINISH, usage, ERROR, DONE, ""].join("\n\n"));
  expect(told.map(([kind, event]) => [kind, event])).toEqual([
    ["answer", 1],
    ["late-error", 3],
    ["late-error", 4],
    ["whole", 5],
  ]);
  expect(fault).toBeUndefined();
});

test("blank lines between events are no events, and decide nothing", () => {
  const { events, told } = follow(`\n\n\n${TEXT}\n\n\n\n${FINISH}\n\n${DONE}\n\n\n`);
  expect(events).toBe(3);
  expect(told.map(([kind]) => kind)).toEqual(["answer", "whole"]);
});

test("bare JSON is an error between events", () => {
  const { told, fault } = follow(`: hello\n\n${ERROR.slice(6)}\n\n`);
  expect(told).toEqual([["failure", undefined, 9]]);
  expect(fault?.error).toMatchObject({ code: 429 });
});

test("the limit of the hold comes before the event that goes beyond it", () => {
  const flags = ["--stream-hold-bytes", "20"];
  const { told } = follow(`: 1\n\n: 2\n\n${ERROR}\n\n`, { flags });
  expect(told).toEqual([
    ["hold-limit", 1, 10],
    ["failure", 1, 10],
  ]);
  expect(follow(": comments\n\n: only\n\n", { flags }).told).toEqual([
    ["hold-limit", undefined, undefined],
    ["failure", undefined, undefined],
  ]);
});

test("an event beyond the largest that is judged is passed on, and 200 with it", () => {
  const { told } = follow(`${TEXT}\n\n`, { flags: ["--stream-event-bytes", "10"] });
  expect(told).toEqual([
    ["answer", 1, 0],
    ["whole", undefined, undefined],
  ]);
});

test("on other endpoints the end of the body is the end of the answer", () => {
  const { told } = follow('data: {"type":"ping"}\n\n', { dialect: other });
  expect(told).toEqual([
    ["answer", 1, 0],
    ["whole", undefined, undefined],
  ]);
});
