import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { isObject, type JsonObject } from "../../core/json.ts";
import { NAMED } from "../../core/dialects/named.ts";
import type { Recording } from "../../recordings/recording.ts";
import type { Capture } from "./capture.ts";
import { pathBelowBase } from "./request-path.ts";

const Fields = Type.Array(Type.Object({ name: Type.String(), value: Type.String() }));

/** What is used of one entry of a HAR file (HTTP Archive 1.2). */
const Entry = Type.Object({
  request: Type.Object({
    method: Type.String(),
    url: Type.String(),
    postData: Type.Optional(Type.Object({ text: Type.Optional(Type.String()) })),
  }),
  response: Type.Object({
    status: Type.Integer(),
    headers: Fields,
    content: Type.Object({
      size: Type.Optional(Type.Number()),
      text: Type.Optional(Type.String()),
      encoding: Type.Optional(Type.String()),
    }),
  }),
});
type Entry = Static<typeof Entry>;

/** Fields about the body as it was on the wire; a HAR file holds it decoded and whole. */
const ABOUT_THE_WIRE = new Set(["content-encoding", "content-length", "transfer-encoding"]);

/** Whether a JSON value looks like a HAR file. */
export function isHar(value: unknown): value is JsonObject & { log: { entries: unknown[] } } {
  return isObject(value) && isObject(value["log"]) && Array.isArray(value["log"]["entries"]);
}

/**
 * The answer in an entry of a HAR file: the one asked for, counted from 1, else the last one that
 * asked an endpoint that Candor judges. Throws where there is none, or none with an answer.
 */
export function readHar(
  { log: { entries } }: { log: { entries: unknown[] } },
  chosen: number | undefined,
): Omit<Capture, "isCut"> {
  const number = chosen ?? entries.findLastIndex(asksEndpoint) + 1;
  const entry = entries[number - 1];
  if (chosen === undefined && entry === undefined) {
    throw new Error(
      "no entry of this HAR file asked an endpoint that is judged; --entry takes another",
    );
  }
  if (entry === undefined) throw new Error(`this HAR file has ${entries.length} entries`);
  if (!Value.Check(Entry, entry)) {
    const flaw = Value.Errors(Entry, entry).First();
    throw new Error(`entry ${number} of this HAR file is none: ${flaw?.path}: ${flaw?.message}`);
  }
  const { request, response } = entry;
  if (response.status < 200) throw new Error(`entry ${number} of this HAR file has no answer`);
  const asked = `${request.method} ${withoutQuery(request.url)}`;
  return {
    kind: "a HAR file",
    ...readRequest(request),
    status: response.status,
    headers: readHeaders(response),
    body: readContent(response, number),
    arrivals: [],
    assumptions: [`It is entry ${number} of ${entries.length}, ${asked} (--entry).`],
  };
}

function asksEndpoint(entry: unknown): boolean {
  if (!Value.Check(Entry, entry)) return false;
  const path = pathBelowBase(entry.request.url);
  return NAMED.some((named) => named.path === path.split("?", 1)[0]);
}

function readRequest({ method, url, postData }: Entry["request"]): {
  request: Recording["request"] | undefined;
  askedPath: string;
} {
  const askedPath = pathBelowBase(url);
  const body = postData?.text ?? "";
  // Some tools leave the body out: then any request will do.
  const isComplete = body !== "" || method === "GET" || method === "HEAD";
  const headers: [string, string][] = [["content-type", "application/json"]];
  return {
    request: isComplete ? { method, path: askedPath, headers, body } : undefined,
    askedPath,
  };
}

function readHeaders({ headers: fields }: Entry["response"]): Headers {
  const headers = new Headers();
  for (const { name, value } of fields) {
    // HTTP/2's pseudo-fields, such as `:status`.
    if (name.startsWith(":") || ABOUT_THE_WIRE.has(name.toLowerCase())) continue;
    // Browsers join repeated fields with line feeds.
    for (const part of value.split("\n")) headers.append(name, part);
  }
  return headers;
}

function readContent({ content: { text, size = 0, encoding } }: Entry["response"], number: number) {
  if (text === undefined && size > 0) {
    throw new Error(`entry ${number} of this HAR file has no body; save it with its content`);
  }
  return encoding === "base64" ? Uint8Array.fromBase64(text ?? "") : Buffer.from(text ?? "");
}

function withoutQuery(url: string): string {
  return url.split("?", 1)[0] ?? url;
}
