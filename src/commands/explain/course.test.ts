import { expect, test } from "bun:test";
import { readConfig } from "../../config/config.ts";
import { chat } from "../../core/dialects/chat.ts";
import { candorsAnswer } from "./answer.ts";
import { courseOf } from "./course.ts";
import { other } from "../../core/dialects/other.ts";

const TEXT = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}';
const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
const ERROR = 'data: {"error":{"code":429,"message":"Slow down."}}';
const DONE = "data: [DONE]";

async function follow(
  body: string,
  { isCut = false, dialect = chat, flags = [] as string[] } = {},
) {
  const reading = readConfig({}, flags);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  const headers = new Headers({ "content-type": "text/event-stream" });
  const capture = { status: 200, headers, body: Buffer.from(body), isCut };
  const request = new Request("http://localhost/v1/chat/completions", { method: "POST" });
  const asked = { dialect, request, fields: { stream: true } };
  const { steps } = await candorsAnswer(capture, asked, reading.config);
  const course = courseOf(capture.body, steps, isCut, reading.config.streamEventBytes);
  const fault = steps.flatMap((step) => ("fault" in step ? [step.fault] : []))[0];
  const told = course.steps.map(({ kind, place }) => [kind, place?.event, place?.offset]);
  return { ...course, fault, told };
}

test.each(["\n\n", "\r\n\r\n", "\r\r", "\n\r\n", "\r\n\n", "\n\r"])(
  "events that end with %j are counted and placed",
  async (end) => {
    const length = end.length;
    const { events, others, told } = await follow([": hello", TEXT, ERROR, ""].join(end));
    expect([events, others]).toEqual([2, 1]);
    expect(told).toEqual([
      ["answer", 1, 7 + length],
      ["failure", 2, 7 + TEXT.length + 2 * length],
    ]);
  },
);

test("a last event without a blank line counts at the end of a body, and not at a cut", async () => {
  const body = `${TEXT}\n\n${FINISH}`;
  const failed = await follow(body, { isCut: true });
  expect((await follow(body)).told).toEqual([
    ["answer", 1, 0],
    ["completed", undefined, undefined],
  ]);
  expect(failed.told[1]).toEqual(["failure", undefined, undefined]);
  expect([failed.events, failed.fault?.rule]).toEqual([1, "cut"]);
});

test("at a cut, a last event counts that lacks no more than the LF of its blank line", async () => {
  const { told } = await follow(`${TEXT}\r\n\r\n${ERROR}\r\n\r`, { isCut: true });
  expect(told[1]).toEqual(["failure", 2, TEXT.length + 4]);
});

test("what comes behind [DONE] is counted, and no step", async () => {
  const { events, told } = await follow([TEXT, FINISH, DONE, ERROR, ""].join("\n\n"));
  expect(events).toBe(4);
  expect(told.at(-1)).toEqual(["whole", 3, TEXT.length + FINISH.length + 4]);
});

test("an error behind the whole answer is placed, whether anything is left of its event or not", async () => {
  const usage = 'data: {"usage":{"total_tokens":3},"error":{"code":400}}';
  const { told, fault } = await follow([TEXT, FINISH, usage, ERROR, DONE, ""].join("\n\n"));
  expect(told.map(([kind, event]) => [kind, event])).toEqual([
    ["answer", 1],
    ["late-error", 3],
    ["late-error", 4],
    ["whole", 5],
  ]);
  expect(fault).toBeUndefined();
});

test("blank lines between events are no events, and decide nothing", async () => {
  const { events, told } = await follow(`\n\n\n${TEXT}\n\n\n\n${FINISH}\n\n${DONE}\n\n\n`);
  expect(events).toBe(3);
  expect(told.map(([kind]) => kind)).toEqual(["answer", "whole"]);
});

test("bare JSON is an error between events", async () => {
  const { told, fault } = await follow(`retry: 5\n\n${ERROR.slice(6)}\n\n`);
  expect(told).toEqual([["failure", undefined, 10]]);
  expect(fault).toMatchObject({ status: 429 });
});

test("the limit of the hold is reached at the last comment that was read by then", async () => {
  const flags = ["--stream-hold-bytes", "20"];
  const comments = ": OPENROUTER PROCESSING\n\n".repeat(1000);
  const { told } = await follow(`${comments}${ERROR}\n\n`, { flags });
  expect(told.map(([kind, event]) => [kind, event])).toEqual([
    ["hold-limit", undefined],
    ["failure", 1],
  ]);
});

test("an event beyond the largest that is judged is passed on, and 200 with it", async () => {
  const { told } = await follow(`${TEXT}\n\n`, { flags: ["--stream-event-bytes", "10"] });
  expect(told).toEqual([
    ["answer", 1, 0],
    ["whole", undefined, undefined],
  ]);
});

test("on other endpoints the end of the body is the end of the answer", async () => {
  const { told } = await follow('data: {"type":"ping"}\n\n', { dialect: other });
  expect(told).toEqual([
    ["answer", 1, 0],
    ["whole", undefined, undefined],
  ]);
});
