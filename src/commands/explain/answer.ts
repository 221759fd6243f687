import { createApp } from "../../server/app.ts";
import { DenseSet } from "../../core/dense-set.ts";
import { readAnswer } from "../../core/answer-reading.ts";
import { Body } from "../../core/body.ts";
import type { Config } from "../../config/config.ts";
import type { LogEntry } from "../../observe/log.ts";
import { UNLIMITED } from "../../core/hold.ts";
import type { Capture } from "./capture.ts";
import type { AskedRequest } from "./request.ts";
import { BODILESS } from "../../recordings/replay.ts";

/** What Candor answers, by its own application. */
export interface CandorAnswer {
  status: number;
  headers: Headers;
  body: Uint8Array;
  /** Whether the client's connection breaks off at the end. */
  isBroken: boolean;
  /** Why the answer is not upstream's; undefined where it is. */
  rule: string | undefined;
  /** False where the request was refused before upstream was asked. */
  isSent: boolean;
}

/** How a captured body arrives. Where it is split makes no difference to the verdict. */
const PIECE_BYTES = 16 * 1024;

/** Performs the exchange with the application in this process, upstream being the capture. */
export async function candorsAnswer(
  capture: Capture,
  { request }: AskedRequest,
  config: Config,
): Promise<CandorAnswer> {
  let entry: LogEntry | undefined;
  let isSent = false;
  const app = createApp({
    config,
    send: async () => {
      isSent = true;
      return capturedResponse(capture);
    },
    log: { exchange: (ended) => (entry = ended), info() {}, error() {}, async flush() {} },
    openCalls: new DenseSet(),
    openReads: new DenseSet(),
    isReady: () => true,
  });
  const response = await app.handle(request);
  const answer = { status: response.status, headers: response.headers };
  const read = await readBody(response);
  return { ...answer, ...read, rule: entry?.rule, isSent };
}

/** How Candor reads the captured answer: what form it has, and what it says. */
export function readCaptured(capture: Capture, asked: AskedRequest, config: Config) {
  const response = capturedResponse(capture);
  const until = performance.now() + config.streamHoldMs;
  const limits = asked.isStream ? { until, bytes: config.streamHoldBytes } : UNLIMITED;
  return readAnswer(response, new Body(response), asked.dialect, limits);
}

/** The captured answer as `fetch` gives it. */
function capturedResponse({ status, headers, body, isCut }: Capture): Response {
  if (BODILESS.has(status)) return new Response(null, { status, headers });
  let offset = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = body.slice(offset, offset + PIECE_BYTES);
      offset += piece.length;
      if (piece.length > 0) controller.enqueue(piece);
      else if (isCut) controller.error(new Error("the captured connection broke off"));
      else controller.close();
    },
  });
  return new Response(stream, { status, headers });
}

async function readBody(response: Response): Promise<Pick<CandorAnswer, "body" | "isBroken">> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    return { body: Buffer.concat(chunks), isBroken: false };
  } catch {
    return { body: Buffer.concat(chunks), isBroken: true };
  }
}
