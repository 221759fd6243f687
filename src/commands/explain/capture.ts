import { isUtf8 } from "node:buffer";
import { Value } from "@sinclair/typebox/value";
import { isCurlOutput, readCurlOutput } from "./curl-verbose.ts";
import { decodeBody } from "./decode-body.ts";
import { isHar, readHar } from "./har.ts";
import type { ExplainOptions } from "./options.ts";
import { isRawResponse, readRawResponse } from "./raw.ts";
import { chunkBytes, Recording } from "../../recordings/recording.ts";
import { isPage } from "../../core/answer-judge.ts";
import { sniffForm } from "../../core/answer-form.ts";
import { isObject, parseJson } from "../../core/json.ts";

/** An answer of upstream, as it was captured. */
export interface Capture {
  /** What the input turned out to be: `a fixture`. */
  kind: string;
  /** What was asked, where that was captured as well. */
  request: Recording["request"] | undefined;
  /** Which path was asked, below the base of its API, where only that is known. */
  askedPath?: string | undefined;
  status: number;
  headers: Headers;
  /** Decoded, as a client reads it. */
  body: Uint8Array;
  /** Whether the connection broke off at the end. */
  isCut: boolean;
  /** When the bytes up to an index of the body had come, in milliseconds; empty where unknown. */
  arrivals: { end: number; at: number }[];
  /** What was taken for granted, in sentences. */
  assumptions: string[];
}

/** The options that say what a capture leaves open. */
type CaptureOptions = Pick<ExplainOptions, "status" | "contentType" | "isCut" | "entry">;

/** Reads a capture, by its content. Throws an error that says what is wrong with it. */
export function readCapture(bytes: Uint8Array, options: CaptureOptions): Capture {
  const value = parseJson(decoder.decode(bytes));
  const isFixture =
    isObject(value) && ["origin", "request", "response"].every((key) => key in value);
  const isCurl = isCurlOutput(bytes);
  const isBare = !isFixture && !isHar(value) && !isCurl && !isRawResponse(bytes);
  if (options.entry !== undefined && !isHar(value)) throw new Error("--entry is for a HAR file");
  if (isBare) return readBareBody(bytes, options);
  const given = options.status === undefined ? "--content-type" : "--status";
  if (options.status !== undefined || options.contentType !== undefined) {
    throw new Error(`${given} is for a bare body; this capture says itself what it has`);
  }
  if (isFixture) return readFixture(value, options);
  if (isHar(value)) return { ...readHar(value, options.entry), isCut: options.isCut ?? false };
  return isCurl ? readCurl(bytes, options) : readRaw(bytes, options);
}

function readCurl(bytes: Uint8Array, options: CaptureOptions): Capture {
  const { response, askedPath, isCut } = readCurlOutput(bytes);
  const capture = readRaw(response, { ...options, isCut: options.isCut ?? (isCut || undefined) });
  const failed = "The connection broke off: curl says that the transfer failed (--no-cut).";
  const isGuessed = isCut && options.isCut === undefined;
  const assumptions = [...capture.assumptions, ...(isGuessed ? [failed] : [])];
  return { ...capture, kind: "what curl -v printed", askedPath, assumptions };
}

function readFixture(value: unknown, options: CaptureOptions): Capture {
  const flaw = Value.Errors(Recording, value).First();
  if (!Value.Check(Recording, value)) {
    throw new Error(`this is no fixture: ${flaw?.path}: ${flaw?.message}`);
  }
  const { request, response } = value;
  if (response.status < 200 || response.status > 599) {
    throw new Error(`the fixture's status is ${response.status}, with which no answer ends`);
  }
  const headers = new Headers(response.headers);
  const chunks = response.chunks.map(chunkBytes);
  const bytes = Buffer.concat(chunks);
  const body = decodeBody(bytes, headers);
  let end = 0;
  const arrivals = response.chunks.map(({ at }, index) => {
    end += chunks[index]?.length ?? 0;
    return { end, at };
  });
  return {
    kind: "a fixture",
    request,
    status: response.status,
    headers,
    body,
    isCut: options.isCut ?? response.end !== "closed",
    // The places of a compressed body are not those of what it says.
    arrivals: body === bytes ? arrivals : [],
    assumptions: [],
  };
}

function readRaw(bytes: Uint8Array, options: CaptureOptions): Capture {
  const { status, headers, body, isIncomplete } = readRawResponse(bytes);
  const isCut = options.isCut ?? isIncomplete;
  const isGuessed = options.isCut === undefined && isIncomplete;
  const broken = "The connection broke off: the body is shorter than announced (--no-cut).";
  return {
    kind: "a raw HTTP response",
    request: undefined,
    status,
    headers,
    body: decodeBody(body, headers),
    isCut,
    arrivals: [],
    assumptions: isGuessed ? [broken] : [],
  };
}

function readBareBody(bytes: Uint8Array, options: CaptureOptions): Capture {
  const { kind, type } = guessForm(bytes);
  const contentType = options.contentType ?? type;
  const status = options.status ?? 200;
  const assumptions: string[] = [];
  if (options.status === undefined) assumptions.push("Upstream's status was 200 (--status).");
  if (options.contentType === undefined) {
    assumptions.push(`Upstream's content type was ${type} (--content-type).`);
  }
  return {
    kind,
    request: undefined,
    status,
    headers: new Headers({ "content-type": contentType }),
    body: bytes,
    isCut: options.isCut ?? false,
    arrivals: [],
    assumptions,
  };
}

/** What a body without a head looks like, and the content type that fits. */
function guessForm(bytes: Uint8Array): { kind: string; type: string } {
  const text = decoder.decode(bytes);
  const form = sniffForm(text, true);
  if (form === "json") return { kind: "a JSON body", type: "application/json" };
  // Comments alone: OpenRouter keeps plain answers alive with white space.
  if (form === "event-stream" || text.startsWith(":")) {
    return { kind: "an event stream", type: "text/event-stream" };
  }
  if (text.trim() === "") return { kind: "an empty body", type: "application/json" };
  if (isPage(new Headers(), text)) return { kind: "a page", type: "text/html" };
  return isUtf8(bytes)
    ? { kind: "a text", type: "text/plain" }
    : { kind: "a binary body", type: "application/octet-stream" };
}

const decoder = new TextDecoder();
