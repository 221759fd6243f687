import { readConfig } from "../../config/config.ts";
import { candorsAnswer } from "./answer.ts";
import { type Capture, readCapture } from "./capture.ts";
import type { Course } from "./course.ts";
import { printable } from "../printable.ts";
import { MOST_BYTES_SHOWN, readBounded } from "../read-bounded.ts";
import { explanationJson } from "./json.ts";
import { type ExplainOptions, readExplainOptions } from "./options.ts";
import { findReason } from "./reason.ts";
import { type Explanation, explanationText } from "./report.ts";
import { type AskedRequest, requestOf } from "./request.ts";

/** What to print, and with which status to exit. */
export interface PrintedExplanation {
  text: string;
  /** 0: the answer is relayed. 3: it is repaired, or ends with an error. */
  exitCode: 0 | 3;
}

/**
 * Explains what Candor answers in place of a captured answer, and why. Resolves to what is wrong
 * with the call or the capture where nothing can be explained.
 */
export async function explain(
  words: string[],
  readFile: (file: string) => Promise<Uint8Array> = readFileOrInput,
): Promise<PrintedExplanation | { problems: string[] }> {
  const options = readExplainOptions(words);
  if ("problems" in options) return options;
  const read = await readCall(options, readFile);
  if ("problems" in read) return read;
  const explained = await explainCapture(read.capture, read.asked);
  if ("problems" in explained) return explained;
  const text = options.isJson ? explanationJson(explained) : explanationText(explained);
  // Here once more, at the last place: whatever a capture holds, it does not steer the terminal.
  return { text: printable(text), exitCode: explained.outcome === "relayed" ? 0 : 3 };
}

/** The captured answer, and the request that it answers. */
async function readCall(
  options: ExplainOptions,
  readFile: (file: string) => Promise<Uint8Array>,
): Promise<{ capture: Capture; asked: AskedRequest } | { problems: string[] }> {
  try {
    const capture = readCapture(await readFile(options.file), options);
    return { capture, asked: requestOf(capture, options) };
  } catch (error) {
    return { problems: [`${options.file}: ${error instanceof Error ? error.message : error}`] };
  }
}

/** A whole file; `-` is standard input. Throws where it is too large. */
async function readFileOrInput(file: string): Promise<Uint8Array> {
  const bytes = await readBounded(file === "-" ? Bun.stdin.stream() : Bun.file(file).stream());
  if (bytes === undefined) throw new Error(`this is larger than ${MOST_BYTES_SHOWN}`);
  return bytes;
}

async function explainCapture(
  capture: Capture,
  asked: AskedRequest,
): Promise<Explanation | { problems: string[] }> {
  // The defaults: whose key and which addresses this machine's settings name has no part in it.
  const reading = readConfig({}, []);
  if ("problems" in reading) return reading;
  const { config } = reading;
  const flaw = asked.endpoint.findFlaw(asked.fields);
  if (flaw !== undefined) {
    return { problems: [`Candor refuses the request of this capture with 400: ${flaw.message}`] };
  }
  const { dialect } = asked.endpoint;
  const { request, fields } = asked;
  const answer = await candorsAnswer(capture, { dialect, request, fields }, config);
  const reason = findReason(capture, answer, config.streamEventBytes);
  const notes = [
    ...holdNotes(capture, reason.course, config.streamHoldMs),
    ...waitNotes(capture, reason.rule),
  ];
  return { capture, asked, answer, ...reason, notes };
}

/** What is not the same where a stream takes its time. */
function holdNotes(
  { arrivals, body }: Capture,
  course: Course | undefined,
  holdMs: number,
): string[] {
  const decidedAt = course?.steps[0]?.place?.end ?? body.length;
  const { at } = arrivals.find(({ end }) => end >= decidedAt) ?? { at: 0 };
  if (course === undefined || at < holdMs) return [];
  return [
    `In the recording, what decides came after ${at} ms. A stream is held back for ${holdMs} ms (STREAM_HOLD_MS): live, its status line would have gone out by then, and a failure would have been told in band.`,
  ];
}

/** What is not the same at another time. */
function waitNotes({ headers, body }: Capture, rule: string | undefined): string[] {
  const reset = "x-ratelimit-reset";
  const isTold = headers.has(reset) || new TextDecoder().decode(body).toLowerCase().includes(reset);
  if (!isTold || rule === undefined) return [];
  return ["Retry-After and x-should-retry are reckoned from now, not from when it was captured."];
}
