import type { Dialect } from "../../core/dialect.ts";
import type { Flavour } from "../../core/error-form.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Step } from "../../core/steps.ts";
import { truthfulResponse } from "../../core/truthful-response.ts";
import { createCors } from "../../proxy/cors.ts";
import { addOwnFields } from "../../proxy/own-fields.ts";
import { type LimitSettings, limitsOf } from "../../proxy/proxy.ts";
import { BODILESS } from "../../recordings/replay.ts";
import type { Capture } from "./capture.ts";

/** What Candor answers, and the steps that led to it. */
export interface CandorAnswer {
  status: number;
  headers: Headers;
  body: Uint8Array;
  /** Whether the client's connection breaks off at the end. */
  isBroken: boolean;
  steps: Step[];
}

/** What the core needs to know of the request. */
export interface Asked {
  dialect: Dialect;
  request: Request;
  fields: JsonObject;
}

/** The settings that count for a capture. */
export interface CaptureLimits extends LimitSettings {
  streamHoldMs: number;
}

/** How a captured body arrives. Where it is split makes no difference to the verdict. */
const PIECE_BYTES = 16 * 1024;

/** Stands for the id that Candor would make up. */
const ANY_ID = "00000000-0000-4000-8000-000000000000";

const GUARDS = { cors: createCors([]), closesConnections: false };

/** No key has a part in it. */
const hide = (text: string) => text;
const flavour = (): Flavour => "openai";

/** What Candor makes of a captured answer, by the function that the proxy uses. */
export async function candorsAnswer(
  capture: Pick<Capture, "status" | "headers" | "body" | "isCut">,
  { dialect, request, fields }: Asked,
  config: CaptureLimits,
): Promise<CandorAnswer> {
  const { streamHoldMs: holdMs } = config;
  const limits = limitsOf(config);
  const { method } = request;
  const control = new AbortController();
  const arrivedAt = performance.now();
  const asked = { dialect, method, body: fields, control, arrivedAt, holdMs, hide, flavour };
  const steps: Step[] = [];
  const response = await truthfulResponse(capturedResponse(capture), asked, limits, (step) =>
    steps.push(step),
  );
  const { status, headers } = response;
  addOwnFields(headers, { request, requestId: ANY_ID, form: dialect.errorForm, guards: GUARDS });
  const read = await readBody(response);
  return { status, headers, ...read, steps };
}

/** The captured answer as `fetch` gives it. */
function capturedResponse({
  status,
  headers,
  body,
  isCut,
}: Pick<Capture, "status" | "headers" | "body" | "isCut">): Response {
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
