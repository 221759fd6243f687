import { describe, expect, test } from "bun:test";
import { chat } from "./dialects/chat.ts";
import { StreamJudge } from "./stream-judge.ts";

const encoder = new TextEncoder();

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const choiceOf = (choice: object, more = {}) =>
  event({ id: "gen-1", ...more, choices: [{ index: 0, ...choice }] });
const delta = (content: string) => choiceOf({ delta: { content }, finish_reason: null });

const finished = (content: string) => choiceOf({ delta: { content }, finish_reason: "stop" });
const counted = (content: string, completion_tokens: number) =>
  choiceOf({ delta: { content }, finish_reason: null }, { usage: { completion_tokens } });

/** A judge that has read these texts, each a chunk, and what it gave of the last one. */
function judgeOf(texts: string[], maxEventBytes = 1e6) {
  const judge = new StreamJudge(chat, { maxEventBytes });
  let reading = judge.feed(new Uint8Array());
  for (const text of texts) reading = judge.feed(encoder.encode(text));
  return { judge, reading };
}

describe("events that are like the one before", () => {
  test("go out as one piece with their neighbours in the chunk", () => {
    const text = ["Hi", " you", " there", "你好", "!"].map(delta).join("");
    const { reading } = judgeOf([text]);
    expect(reading.bytes.map((bytes) => Buffer.from(bytes).toString())).toEqual([text]);
  });

  test("have a place, each its own", () => {
    const texts = ["Hi", " you", "你好", " there"].map(delta);
    const { judge } = judgeOf([texts.join("")]);
    const end = encoder.encode(texts.join("")).length;
    expect(judge.place).toEqual({ event: 4, start: end - encoder.encode(texts[3]).length, end });
  });

  test("are a sign of life", () => {
    expect(judgeOf([delta("Hi"), delta("Ho")]).reading.isAlive).toBe(true);
  });

  test("are what an error in band is made of, the last one of them", () => {
    const { judge } = judgeOf([delta("Hi"), delta("Ho") + delta("Hu")]);
    const data = {
      id: "gen-1",
      choices: [{ index: 0, delta: { content: "Hu" }, finish_reason: null }],
    };
    expect(judge.context).toEqual({ event: data, before: data, frame: data });
    const failed = judgeOf([delta("Hi"), delta("Hu"), event({ error: { code: 429 } })]).judge;
    expect(failed.context).toEqual({
      event: { error: { code: 429 } },
      before: data,
      frame: data,
    });
  });

  test("are passed on unread where they are larger than may be judged, whatever is in them", () => {
    const { reading, judge } = judgeOf([delta("Hi"), delta("a".repeat(200))], 150);
    expect([reading.ending, reading.bytes.length]).toEqual([undefined, 1]);
    // As one that was unread may have been the end, the body may end here.
    expect(judge.end().ending?.kind).toBe("whole");
    const onwards = judgeOf([delta("Hi"), delta("a".repeat(200)), delta("Ho")], 150).judge;
    expect(onwards.end().ending?.kind).toBe("failed");
  });

  test("are read until more than white space was said, for the failure without words", () => {
    const failed = choiceOf({ finish_reason: "stop", native_finish_reason: "network_error" });
    const endOf = (...texts: string[]) =>
      judgeOf([...texts.map(delta), failed]).reading.ending?.kind;
    expect([endOf(" ", " "), endOf(" ", "Hi")]).toEqual(["failed", undefined]);
  });

  test("are read where each has a finish: behind a second one the answer is open again", () => {
    const ends = [["Hi"], ["Hi", "Ho"], ["Hi", "Ho", "Hu"]].map(
      (texts) => judgeOf(texts.map(finished)).judge.end().ending?.kind,
    );
    expect(ends).toEqual(["whole", "failed", "failed"]);
  });

  test("are read where each tells the tokens: all of them are facts", () => {
    const tokens: unknown[] = [];
    const judge = new StreamJudge(chat, {
      maxEventBytes: 1e6,
      observe: (step) => step.kind === "facts" && tokens.push(step.facts.completionTokens),
    });
    judge.feed(encoder.encode(counted("Hi", 1) + counted("Ho", 1)));
    expect(tokens).toEqual([1, 1]);
  });

  test("are read behind an event of another kind, and go out without the comments between them", () => {
    const usage = event({ choices: [], usage: { completion_tokens: 3 } });
    const text = [delta("Hi"), ": hold on\n\n", delta("Ho"), usage, delta("Hu")].join("");
    const { judge, reading } = judgeOf([text]);
    expect(Buffer.concat(reading.bytes).toString()).toBe(text.replace(": hold on\n\n", ""));
    // The text behind the usage opened the answer again.
    expect(judge.isWhole).toBe(false);
  });
});
