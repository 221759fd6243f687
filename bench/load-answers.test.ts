import { expect, test } from "bun:test";
import { expectedAnswer } from "./answers.ts";
import { PLAIN_ANSWER, STREAM_EVENTS } from "./chat-answers.ts";
import { FAILURES } from "./failures.ts";
import { createAnswerJudge } from "./load-answers.ts";

const stream = STREAM_EVENTS.join("");

test("an answer that came as upstream sent it is counted as a request and nothing else", () => {
  const { judge, tally } = createAnswerJudge();
  judge("plain", 200, PLAIN_ANSWER);
  judge("events", 200, stream);
  expect(tally).toMatchObject({ requests: 2, errors: 0, rewritten: 0 });
});

test("comments within a stream do not make it another", () => {
  const { judge, tally } = createAnswerJudge();
  judge("comments", 200, `: OPENROUTER PROCESSING\n\n${expectedAnswer("comments")}`);
  expect(tally).toMatchObject({ errors: 0, rewritten: 0 });
});

test("the same text in other bytes is rewritten, whatever the order of its fields", () => {
  const { judge, tally } = createAnswerJudge();
  judge("plain", 200, JSON.stringify(JSON.parse(PLAIN_ANSWER), null, 1));
  judge("events", 200, stream.replaceAll('"provider":"OpenAI",', ""));
  expect(tally).toMatchObject({ requests: 2, errors: 0, rewritten: 2 });
});

test("another status, another text, a stream without its end, and no answer are errors", () => {
  const { judge, tally } = createAnswerJudge();
  judge("plain", 502, PLAIN_ANSWER);
  judge("plain", 200, PLAIN_ANSWER.replace("proxy", "pipe"));
  judge("events", 200, STREAM_EVENTS.slice(0, -1).join(""));
  judge("events", undefined, "");
  expect(tally).toMatchObject({ requests: 4, errors: 4, rewritten: 0 });
});

test("a failure that comes with status 200 is disguised, and one that comes with its own is not", () => {
  const { judge, tally } = createAnswerJudge();
  judge("error-in-json", 200, FAILURES["error-in-json"].body);
  judge("error-in-json", 429, FAILURES["error-in-json"].body);
  judge("error-in-json", undefined, "");
  expect(tally.failures["error-in-json"]).toEqual({ sent: 3, disguised: 1 });
});

test("half a text is disguised as a whole one unless an error follows it", () => {
  const { judge, tally } = createAnswerJudge();
  const { body } = FAILURES["end-within-text"];
  judge("end-within-text", 200, body);
  judge("end-within-text", 200, `${body}data: {"error":{"message":"Cut off"}}\n\n`);
  expect(tally.failures["end-within-text"]).toEqual({ sent: 2, disguised: 1 });
});
