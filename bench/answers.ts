import {
  LARGE_ANSWER,
  MODEL,
  PLAIN_ANSWER,
  plainAnswer,
  SHORT_STREAM,
  STREAM_EVENTS,
} from "./chat-answers.ts";
import { FAILURES, type FailureName, isFailureName } from "./failures.ts";

/** What the stand-in for upstream can be asked for. */
export type Answer = StreamName | "plain" | "large" | "images" | FailureName;

/**
 * Its streams: `events` one every 5 ms, `burst` as fast as they are taken, `paced` one every 50 ms;
 * `comments` has nothing but comments, and `open` nothing but comments after its first text, until
 * upstream is told to end them; `short` has one text, at once; `flood` has no end.
 */
type StreamName = "short" | "events" | "burst" | "paced" | "comments" | "open" | "flood";

/** The header field in which the wish travels; all servers pass it on to upstream. */
export const ANSWER_FIELD = "x-session-id";

/** The path below which the stand-in answers, and the path at which servers are asked. */
export const UPSTREAM_PREFIX = "/api/v1";
export const CHAT_PATH = "/v1/chat/completions";

const IMAGE_BYTES = 1_250_000;
const IMAGES = 3;

/** What one request is answered with, where the answer has an end; its comments are left out. */
export function expectedAnswer(answer: Answer): string {
  if (isFailureName(answer)) return FAILURES[answer].body;
  switch (answer) {
    case "plain":
      return PLAIN_ANSWER;
    case "large":
      return LARGE_ANSWER;
    case "images":
      return receiptOf(Buffer.from(requestBody("images")));
    case "short":
    case "comments":
    case "open":
      return SHORT_STREAM.beginning + SHORT_STREAM.end;
    default:
      return STREAM_EVENTS.join("");
  }
}

/**
 * A plain answer that says what came, so that a body that was changed on its way shows: its text
 * tells the messages, its fingerprint all bytes.
 */
export function receiptOf(body: Buffer): string {
  const messages = body.subarray(body.indexOf('"messages":'), body.lastIndexOf("}]}]") + 4);
  return plainAnswer(`${messages.length} bytes, ${Bun.hash(messages)}`, String(Bun.hash(body)));
}

/** Whether an answer is an event stream, and has to be asked for as one. */
export function isStream(answer: Answer): boolean {
  if (isFailureName(answer)) return FAILURES[answer].isStream;
  return answer !== "plain" && answer !== "large" && answer !== "images";
}

/** The body of a request: some 500 bytes, or 5 MB with its images. */
export function requestBody(answer: Answer): string {
  const question = "What does a proxy do, and why should its status lines be true? ";
  const text = question.repeat(4).trim();
  return JSON.stringify({
    model: MODEL,
    messages: [
      { role: "system", content: "You are a helpful assistant that answers briefly." },
      { role: "user", content: answer === "images" ? withImages(text) : text },
    ],
    temperature: 0.7,
    max_tokens: 256,
    stream: isStream(answer),
  });
}

/** The header fields of a request. Nothing is compressed, so that no server has to decode. */
export function requestHeaders(answer: Answer): Record<string, string> {
  return {
    "accept-encoding": "identity",
    authorization: "Bearer sk-bench",
    "content-type": "application/json",
    [ANSWER_FIELD]: answer,
  };
}

/** Bytes that nothing can compress, but the same in every process. */
function withImages(text: string): unknown[] {
  const bytes = new Uint8Array(IMAGE_BYTES);
  let seed = 1;
  for (let index = 0; index < bytes.length; index++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = seed >>> 24;
  }
  const image = { url: `data:image/png;base64,${bytes.toBase64()}` };
  const parts = Array.from({ length: IMAGES }, () => ({ type: "image_url", image_url: image }));
  return [{ type: "text", text }, ...parts];
}
