import {
  declaredForm,
  declaresText,
  type Form,
  isSurelyBinary,
  sniffForm,
  withoutKeepAlive,
  withoutKeptLines,
} from "./answer-form.ts";
import type { Body } from "./body.ts";
import { Deadline, TOO_LATE } from "./deadline.ts";
import type { Dialect } from "./dialect.ts";
import { type HoldLimits, UNLIMITED } from "./hold.ts";
import { parseJson } from "./json.ts";
import { DEFAULT_STRUCTURE, hasTooMuchStructure } from "./structure.ts";
import { inTurn } from "./turns.ts";
import { decode } from "./utf8.ts";

/** What the verdict is based on: the whole body, but for streams and what is not judged. */
export type AnswerReading =
  /** The status of a failure, which holds even where the body broke off. */
  | { form: "status"; text: string; isBroken: boolean }
  | { form: "json" | "text"; bytes: Uint8Array<ArrayBuffer>; text: string }
  /** `none`: no body by its method or its status; `binary`: also what is too large to be judged. */
  | { form: "event-stream" | "binary" | "none" }
  /** The body broke off before it could be judged. */
  | { form: "broken" };

/**
 * Reads as much of upstream's answer as the verdict needs. The first bytes of the body tell its
 * form, even against its content type: gateways mislabel both JSON and event streams. If a limit of
 * the hold is reached before any byte tells, the answer counts as the stream that was asked for.
 */
export async function readAnswer(
  response: Response,
  body: Body,
  { isNamed }: Pick<Dialect, "isNamed">,
  limits: HoldLimits,
): Promise<AnswerReading> {
  const isFailure = isNamed ? response.status !== 200 : !response.ok;
  if (isFailure) return readFailure(response, body, isNamed);
  if (!isNamed && response.body === null) return { form: "none" };
  try {
    return await readSuccess(response, body, isNamed, limits);
  } catch {
    return { form: "broken" };
  }
}

async function readFailure(
  response: Response,
  body: Body,
  isNamed: boolean,
): Promise<AnswerReading> {
  if (response.status < 400) {
    // No status of this kind is an answer, whatever its body says.
    body.cancel();
    return { form: "status", text: "", isBroken: false };
  }
  try {
    const bytes = await body.rest();
    // The status says it all.
    if (bytes === undefined) body.cancel();
    const text = decode(bytes);
    const { declared, isUnknown } = readType(response, isNamed);
    const isBinary = isUnknown ? sniffForm(text, true) === "text" : declared === "binary";
    return { form: "status", text: isBinary ? "" : text, isBroken: false };
  } catch {
    return { form: "status", text: "", isBroken: true };
  }
}

async function readSuccess(
  response: Response,
  body: Body,
  isNamed: boolean,
  limits: HoldLimits,
): Promise<AnswerReading> {
  const { contentType, declared, isUnknown } = readType(response, isNamed);
  // A plain answer is read whole, and its beginning looked at then.
  const isPlainJson = declared === "json" && limits === UNLIMITED;
  const begun =
    isPlainJson || (declared === "binary" && !isUnknown) ? declared : await sniff(body, limits);
  const form = formOf(begun, declared, isUnknown);
  if (form === "event-stream") return { form };
  const bytes = form === "binary" ? undefined : await body.rest();
  // What is too large to be judged is passed on like a binary answer: once there is a first byte, since
  // a cut before it can still be told.
  if (bytes === undefined) {
    await body.ready();
    return { form: "binary" };
  }
  const { length } = bytes;
  const text = await inTurn(length, () => decode(bytes));
  if (await inTurn(length, () => isMislabelled(text, declared))) {
    body.putBack([bytes]);
    return { form: "event-stream" };
  }
  // "[Music] Hello" and a file with one JSON text a line begin like JSON. Only the whole body shows
  // that they are not (fixtures/audio-transcriptions/200-brackets.json, fixtures/files/200-jsonl.json).
  const isText = form === "json" && !isNamed && declaresText(contentType) && !isJson(text);
  return { form: isText ? "text" : form, bytes, text };
}

/** The form by how a body begins; where that is none, the declared one. */
function formOf(begun: Form, declared: Form | undefined, isUnknown: boolean): Form {
  if (begun !== "text") return begun;
  return isUnknown ? "binary" : (declared ?? "text");
}

/**
 * Whether a body that was read as JSON is an event stream after all: it begins as one, whatever its
 * label says, or is called one and holds more than one JSON text (a bare line of JSON in a stream,
 * fixtures/chat-completions/stream-raw-json-line.json).
 */
function isMislabelled(text: string, declared: Form | undefined): boolean {
  if (declared === "json") return sniffForm(text, true) === "event-stream";
  return declared === "event-stream" && !isJson(text);
}

/** What the content type says, and whether that says anything. */
function readType(response: Response, isNamed: boolean) {
  const contentType = response.headers.get("content-type");
  const declared = declaredForm(contentType);
  // An unknown type may hide an error. On other endpoints it may be that of any file, such as YAML.
  const isUnknown = isNamed && declared === "binary" && !isSurelyBinary(contentType);
  return { contentType, declared, isUnknown };
}

/** Whether a text is JSON; of one with more structure than is parsed, that is not found out. */
function isJson(text: string): boolean {
  return (
    !hasTooMuchStructure(text, DEFAULT_STRUCTURE) && parseJson(withoutKeepAlive(text)) !== undefined
  );
}

/** The form of a body by its first bytes, which are put back. */
async function sniff(body: Body, limits: HoldLimits): Promise<Form> {
  const deadline = new Deadline();
  const chunks: Uint8Array[] = [];
  // As a stream: a character that is split between two chunks must not become two.
  const characters = new TextDecoder();
  let beginning = "";
  let size = 0;
  try {
    while (size < limits.bytes) {
      const read = await deadline.wait(body.ready(), limits.until - performance.now());
      if (read === TOO_LATE) break;
      const { value: chunk } = await body.next();
      if (chunk !== undefined) chunks.push(chunk);
      size += chunk?.length ?? 0;
      beginning += characters.decode(chunk, { stream: true });
      const form = sniffForm(beginning, chunk === undefined);
      if (form !== undefined) return form;
      beginning = withoutKeptLines(beginning);
    }
    return "event-stream";
  } finally {
    deadline.clear();
    body.putBack(chunks);
  }
}
