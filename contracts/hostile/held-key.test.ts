import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { createLog } from "../../src/observe/log.ts";
import { appOf } from "../harness/app.ts";
import { configure, readBody } from "../harness/ways.ts";

// A broken stream takes the server four seconds.
setDefaultTimeout(30_000);

/** Held keys; the second has characters that JSON and addresses may write otherwise. */
const KEYS = ["held.key_of~SOME-length-0123456789", "held/key+with=marks&of:SOME/length"];

/** How many answers each property is tried with, and for how long on a busy machine. */
const RUNS = 150;
const PATIENCE_MS = 60_000;

/** From so many characters on, a part of a key is a leak. */
const LEAST_PART = 12;

/** An answer of upstream, in which each `@` stands for the key. */
interface Answer {
  status: number;
  headers: [name: string, value: string][];
  /** What a client is to get of it byte for byte, before the error comes. */
  healthy: string;
  error: string;
}

const ROUTES = ["/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/videos"];

const JSON_ERRORS = [
  '{"error":{"message":"no @ here","code":429,"@":"x","param":"@","type":"@"}}',
  '{"error":{"message":{"@":["@"]},"code":"@","metadata":{"raw":"@","@":{"a":["@"]}}}}',
  '{"error":{"metadata":{"raw":"{\\"error\\":\\"@\\"}","headers":{"x-ratelimit-limit":"@"}}}}',
  '{"error":"@","id":"@","@":{"user_id":"@"}}',
  '[{"error":{"message":"@"}}]',
  '{"message":"@","code":503}',
  '{"detail":[{"loc":["@"],"msg":"@"}],"errors":[{"message":"@"}],"title":"@"}',
  '{"error":"invalid_grant","error_description":"@"}',
  '{"choices":[{"message":{"content":"@"},"error":{"message":"@","code":502}}],"error":{"code":"@"}}',
  '{"type":"error","error":{"type":"@","message":"@"},"request_id":"@"}',
  '{"status":"failed","id":"@","error":{"message":"@","code":"server_error"},"output":[{"@":"@"}]}',
  '{"id":"job","status":"failed","error":{"message":"@ @"}}',
];

const TEXT_ERRORS = [
  "no JSON: @",
  "<html><head><title>@</title><script>@</script></head><body><p>401 @</p></body></html>",
  '{"error":{"message":"@"',
  "data: @\n\n",
  'data: {"error":{"message":"@"}}\n\n',
];

const SAID: Record<string, string> = {
  "/v1/chat/completions": 'data: {"id":"@","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n',
  "/v1/messages":
    'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"Hi","@":1}}\n\n',
  "/v1/responses":
    'data: {"type":"response.created","response":{"id":"@"}}\n\n' +
    'data: {"type":"response.output_text.delta","delta":"Hi"}\n\n',
  "/v1/videos": 'data: {"text":"Hi"}\n\n',
};

const FINISHED =
  'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n';

/** Events that report an error on every route, or stand for one. */
const EVENTS = [
  ...JSON_ERRORS.filter((error) => /"error":|503/.test(error)).map((error) => `data: ${error}\n\n`),
  ...JSON_ERRORS.slice(0, 5).map((error) => `${error}\n\n`),
  "event: error\ndata: @\n\n",
  'event: error\ndata: {"a":"@"}\n\n',
  "@\n\n",
  ": @\n\n",
  "",
];

/** Events that do on one. */
const EVENTS_OF: Record<string, string[]> = {
  "/v1/chat/completions": ["data: @ is no JSON\n\n", "data: @"],
  "/v1/messages": ['data: {"type":"error","message":"@","code":"@","param":"@"}\n\n'],
  "/v1/responses": [
    'data: {"type":"response.failed","response":{"id":"@","error":{"message":"@","code":"@"}}}\n\n',
    'data: {"type":"error","message":"@","code":"@","param":"@"}\n\n',
    'data: {"type":"response.fusion_call.panel.failed","error":{"message":"@"}}\n\n',
  ],
};

/** The key as a text of JSON may write it. */
function spellings(key: string): fc.Arbitrary<string> {
  const inJson = JSON.stringify(key).slice(1, -1);
  const nested = JSON.stringify(JSON.stringify(inJson)).slice(1, -1);
  const escaped = fc
    .array(fc.boolean(), { minLength: key.length, maxLength: key.length })
    .map((choices) =>
      Array.from(key, (one, at) => (choices[at] ? hexadecimal(one) : inJsonText(one))).join(""),
    );
  return fc.oneof(fc.constant(inJson), fc.constant(nested), escaped);
}

function inJsonText(character: string): string {
  return character === "/" ? "\\/" : JSON.stringify(character).slice(1, -1);
}

function hexadecimal(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A text as it reads without escapes, however deep these are nested, in lower case. */
function plain(text: string): string {
  const decoded = text.replace(/\\+u([\da-f]{4})/gi, (_escape, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return decoded.replaceAll("\\", "").toLowerCase();
}

/** How many parts of the key a text holds. */
function leaks(text: string, key: string): number {
  const read = plain(text);
  const parts = Array.from({ length: key.length - LEAST_PART + 1 }, (_, at) =>
    plain(key).slice(at, at + LEAST_PART),
  );
  return Math.max(...parts.map((part) => read.split(part).length - 1));
}

/** A body in chunks that begin at these places. */
function chunked(text: string, places: number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const starts = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  const bounds = [0, ...starts, bytes.length];
  return new ReadableStream({
    start(controller) {
      for (const [at, start] of bounds.slice(0, -1).entries()) {
        controller.enqueue(bytes.subarray(start, bounds[at + 1]));
      }
      controller.close();
    },
  });
}

/** All that leaves Candor for an answer: the client's answer, the log, and what is kept. */
async function leaving(
  answer: Answer,
  route: string,
  key: string,
  stream: boolean,
  cuts: number[],
) {
  const lines: string[] = [];
  const output = { write: (line: string) => lines.push(line), flush: () => {} };
  const log = createLog({ logLevel: "debug", logFormat: "json" }, output);
  const kept: unknown[] = [];
  const sink = { end: (...ended: unknown[]) => void kept.push(structuredClone(ended)) };
  const config = configure({ OPENROUTER_API_KEY: key, STREAM_TAIL_MS: "1" });
  const send = async () =>
    new Response(chunked(answer.healthy + answer.error, cuts), {
      status: answer.status,
      headers: answer.headers,
    });
  const app = appOf(config, send, [log, sink]);
  const request = new Request(`http://localhost${route}`, {
    method: "POST",
    headers: { host: "localhost", "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ role: "user", content: "Hi" }], input: "Hi", stream }),
  });
  const response = await app.handle(request);
  const { body } = await readBody(response);
  await log.flush();
  const head = JSON.stringify([response.status, ...response.headers]);
  const text = new TextDecoder().decode(body);
  return { seen: `${head}\n${text}`, log: lines.join(""), kept: JSON.stringify(kept), text };
}

/** Where the chunks of a body begin, and how far from its beginning the key stands. */
const cuts = fc.array(fc.nat(2000), { maxLength: 6 });
const padding = fc.oneof(fc.constant(0), fc.integer({ min: 900, max: 1010 }), fc.nat(9000));

describe.each(KEYS)("the held key %s is nowhere", (key) => {
  const choice = fc.record({
    route: fc.constantFrom(...ROUTES),
    stream: fc.boolean(),
    spelling: spellings(key),
    cuts,
  });
  const isToken = /^[\w.~-]+$/.test(key);

  test(
    "in a plain failure, whatever its form and wherever it quotes the key",
    async () => {
      const more = fc.record({
        status: fc.constantFrom(200, 302, 400, 401, 429, 500),
        type: fc.constantFrom("application/json", "text/html", "text/plain; x=@", "audio/@", "@"),
        field: fc.constantFrom(
          "x-a",
          "retry-after",
          "proxy-status",
          "location",
          "x-ratelimit-limit",
        ),
        body: fc.oneof(fc.constantFrom(...JSON_ERRORS), fc.constantFrom(...TEXT_ERRORS)),
        padding,
      });
      const hides = fc.asyncProperty(choice, more, async (chosen, asked) => {
        const words = asked.body.replaceAll("@", () => chosen.spelling);
        const headers: [string, string][] = [
          ["content-type", asked.type.replaceAll("@", () => key)],
          [asked.field, `a ${key} b`],
          ...(isToken ? ([[`x-${key}`, "1"]] satisfies [string, string][]) : []),
        ];
        // A text is cut to what a message can hold.
        const error = /^[{[d]/.test(words)
          ? words
          : words.replace(key, "-".repeat(asked.padding) + key);
        const answer = { status: asked.status, headers, healthy: "", error };
        const left = await leaving(answer, chosen.route, key, chosen.stream, chosen.cuts);
        // What is relayed as it came keeps its fields; the error of a job is hidden all the same.
        const isRelayed = !left.seen.includes("candor; received-status");
        if (!isRelayed) expect(leaks(left.seen, key)).toBe(0);
        else if (left.text !== error) expect(leaks(left.text, key)).toBe(0);
        expect(leaks(left.log + left.kept, key)).toBe(0);
      });
      await fc.assert(hides, { numRuns: RUNS });
    },
    PATIENCE_MS,
  );

  test(
    "in an error event, before and behind the status line, late ones too",
    async () => {
      const more = fc.record({
        begun: fc.constantFrom("", "said", "finished"),
        pick: fc.nat(),
      });
      const hides = fc.asyncProperty(choice, more, async (chosen, { begun, pick }) => {
        const events = [...EVENTS, ...(EVENTS_OF[chosen.route] ?? [])];
        const event = events[pick % events.length] ?? "";
        const said = begun === "finished" ? FINISHED : (SAID[chosen.route] ?? "");
        const healthy = begun === "" ? "" : said.replaceAll("@", () => chosen.spelling);
        const error = event.replaceAll("@", () => chosen.spelling);
        const headers: [string, string][] = [["content-type", "text/event-stream"]];
        const answer = { status: 200, headers, healthy, error };
        const left = await leaving(answer, chosen.route, key, chosen.stream, chosen.cuts);
        expect(leaks(left.seen, key)).toBeLessThanOrEqual(leaks(healthy, key));
        expect(leaks(left.log + left.kept, key)).toBe(0);
      });
      await fc.assert(hides, { numRuns: RUNS });
    },
    PATIENCE_MS,
  );
});
