/**
 * The load generator, in a process of its own: `load.ts OPTIONS`, which are `LoadOptions` as JSON.
 * Sends requests, compares every answer with what upstream sent, and prints what it saw.
 */
import { type Answer, requestBody, requestHeaders } from "./answers.ts";
import { FIRST_TEXT } from "./chat-answers.ts";
import { createAnswerJudge, type Tally } from "./load-answers.ts";

/** What is asked, of whom, and how fast. */
export interface LoadOptions {
  url: string;
  /** Header fields beyond the usual ones. */
  headers: Record<string, string>;
  /** The requests ask for these in turn. */
  answers: Answer[];
  pace: Pace;
  /** What is not answered by then is an error. */
  limitMs: number;
}

/** So many requests under way at any time, or so many begun per second. */
export type Pace =
  | { concurrency: number; requests?: number; seconds?: number }
  | { perSecond: number; requests: number };

/** What a run of the load generator saw. */
export interface LoadResult extends Tally {
  ms: number;
  /** At a rate only: how long each answer took, and how long each stream to its first text. */
  answerMs: number[];
  firstTextMs: number[];
}

const options: LoadOptions = JSON.parse(Bun.argv[2] ?? "");
const { tally, judge } = createAnswerJudge();
const answerMs: number[] = [];
const firstTextMs: number[] = [];
const orders = options.answers.map((answer) => ({ answer, init: requestInit(answer) }));
let begun = 0;

const startedAt = performance.now();
await Promise.race([sendAll(options.pace), Bun.sleep(options.limitMs)]);
const unanswered = begun - tally.requests;
const result: LoadResult = {
  ...tally,
  requests: begun,
  errors: tally.errors + unanswered,
  ms: performance.now() - startedAt,
  answerMs,
  firstTextMs,
};
await Bun.write(Bun.stdout, JSON.stringify(result));
process.exit(0);

function sendAll(pace: Pace): Promise<void> {
  if ("perSecond" in pace) return sendAtRate(pace.perSecond, pace.requests);
  const { concurrency, requests = Number.POSITIVE_INFINITY, seconds } = pace;
  const until = startedAt + (seconds ?? Number.POSITIVE_INFINITY) * 1000;
  return keepUnderWay(concurrency, requests, until);
}

async function keepUnderWay(concurrency: number, requests: number, until: number): Promise<void> {
  async function askInTurn(): Promise<void> {
    while (begun < requests && performance.now() < until) await ask(begun++);
  }
  await Promise.all(Array.from({ length: concurrency }, askInTurn));
}

async function sendAtRate(perSecond: number, requests: number): Promise<void> {
  const sent: Promise<void>[] = [];
  while (begun < requests) {
    const seconds = (performance.now() - startedAt) / 1000;
    while (begun < Math.min(requests, seconds * perSecond)) sent.push(askTimed(begun++));
    await Bun.sleep(1);
  }
  await Promise.all(sent);
}

async function ask(index: number): Promise<void> {
  const { answer, init } = orderOf(index);
  try {
    const response = await fetch(options.url, init);
    judge(answer, response.status, await response.text());
  } catch {
    judge(answer, undefined, "");
  }
}

async function askTimed(index: number): Promise<void> {
  const { answer, init } = orderOf(index);
  const sentAt = performance.now();
  try {
    const response = await fetch(options.url, init);
    const body = await readTimed(response, sentAt);
    answerMs.push(performance.now() - sentAt);
    judge(answer, response.status, body);
  } catch {
    judge(answer, undefined, "");
  }
}

/** Reads a body to its end, and notes when the first text of a stream was there. */
async function readTimed(response: Response, sentAt: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let hasText = false;
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (hasText || !text.includes(FIRST_TEXT)) continue;
    hasText = true;
    firstTextMs.push(performance.now() - sentAt);
  }
  return text;
}

function orderOf(index: number) {
  const order = orders[index % orders.length];
  if (order === undefined) throw new Error("There is nothing to ask for.");
  return order;
}

function requestInit(answer: Answer): BunFetchRequestInit {
  return {
    method: "POST",
    headers: { ...requestHeaders(answer), ...options.headers },
    body: requestBody(answer),
    timeout: false,
  };
}
