import { describe, expect, test } from "bun:test";
import { findUntruth } from "./mark.ts";
import { type Seen, UNANSWERED } from "./seen.ts";

const failure = (status: number, more: Partial<Seen> = {}): Seen => ({
  ...UNANSWERED,
  status,
  form: "json",
  isJson: true,
  end: "closed",
  error: { message: "No", code: "no" },
  ...more,
});
const answer = (more: Partial<Seen> = {}): Seen => ({
  ...failure(200),
  error: undefined,
  words: { content: "Hi", finish_reason: "stop" },
  ...more,
});
const stream = (more: Partial<Seen> = {}): Seen =>
  answer({ form: "event-stream", end: "done", ...more });
const told = { error: { message: "No", code: "no" }, end: "closed" } as const;

describe("a failure", () => {
  const cases: [title: string, truth: number, seen: Seen, untruth: string | undefined][] = [
    ["has its status", 429, failure(429), undefined],
    ["is hidden by a 200", 429, failure(200), "status 200 in place of 429"],
    ["has another status", 429, failure(502), "status 502 in place of 429"],
    ["without a status of its own is any 5xx", 502, failure(500), undefined],
    ["without a status of its own is no 4xx", 502, failure(404), "status 404 in place of 502"],
    ["with a status of its own is not any 5xx", 504, failure(502), "status 502 in place of 504"],
    ["is a page", 503, failure(503, { form: "text" }), "an error that is not JSON"],
    ["is called JSON", 503, failure(503, { isJson: false }), "an error that is not JSON"],
    [
      "says nothing",
      503,
      failure(503, { error: { message: undefined, code: "no" } }),
      "an error without error.message",
    ],
    [
      "is no error object",
      503,
      failure(503, { error: undefined }),
      "an error without error.message",
    ],
    ["has no answer", 503, UNANSWERED, "no answer"],
    ["comes too late", 503, failure(503, { end: "late" }), "the answer takes too long"],
  ];
  test.each(cases)("%s", (_title, status, seen, untruth) => {
    expect(findUntruth(failure(status), seen)).toBe(untruth);
  });
});

describe("a stream that fails after its first words", () => {
  const cases: [title: string, seen: Seen, untruth: string | undefined][] = [
    ["says so", stream(told), undefined],
    ["breaks off", stream({ end: "broken" }), undefined],
    ["is kept back, and fails with a status", failure(429), undefined],
    [
      "is kept back, and fails as a page",
      failure(429, { form: "text" }),
      "an error that is not JSON",
    ],
    ["looks whole", stream(), "a failed stream that looks whole"],
    ["ends without a word", stream({ end: "closed" }), "a failed stream that looks whole"],
    ["is said to be whole", stream({ ...told, end: "done" }), "[DONE] behind a failure"],
    ["crashes the parser", stream({ isJson: false, end: "closed" }), "an event that is not JSON"],
    ["never ends", stream({ end: "late" }), "the answer takes too long"],
  ];
  test.each(cases)("%s", (_title, seen, untruth) => {
    expect(findUntruth(stream(told), seen)).toBe(untruth);
  });
});

describe("an answer", () => {
  const cases: [title: string, truth: Seen, seen: Seen, untruth: string | undefined][] = [
    ["is the same", answer(), answer({ text: "spelled otherwise" }), undefined],
    ["is the same stream", stream(), stream(), undefined],
    ["ends with a finish reason alone", stream(), stream({ end: "closed" }), undefined],
    ["has another status", answer(), answer({ status: 201 }), "status 201 in place of 200"],
    ["is an error", answer(), answer(told), "an error in place of an answer"],
    ["breaks off", answer(), answer({ end: "broken" }), "a whole answer, broken off"],
    ["has another form", answer(), stream(), "event-stream in place of json"],
    ["is not JSON", answer(), answer({ isJson: false }), "an answer that is not JSON"],
    [
      "has another text",
      answer(),
      answer({ words: { content: "Ho" } }),
      'content "Ho" in place of "Hi"',
    ],
    [
      "has more than there was",
      answer(),
      answer({ words: { ...answer().words, refusal: "No" } }),
      'refusal "No" in place of nothing',
    ],
    [
      "has no end",
      stream({ words: { content: "Hi" } }),
      stream({ words: { content: "Hi" }, end: "closed" }),
      "a whole stream without an end",
    ],
    [
      "is other bytes",
      answer({ form: "binary", isJson: false, text: "AAA=" }),
      answer({ form: "binary", isJson: false, text: "AAB=" }),
      "another body",
    ],
  ];
  test.each(cases)("%s", (_title, truth, seen, untruth) => {
    expect(findUntruth(truth, seen)).toBe(untruth);
  });
});
