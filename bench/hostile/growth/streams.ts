import { fill, type Payload, series } from "./payload.ts";

const TEXT = '{"choices":[{"index":0,"delta":{"content":"a"}}]}';
const SPOKEN = `data: ${TEXT}\n\n`;
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** What may stand in a stream before its end. */
const EVENTS: Record<string, (size: number) => string> = {
  "tiny events": (size) => fill("data:1\n\n", size),
  "small events": (size) => fill(SPOKEN, size),
  comments: (size) => fill(":\n\n", size),
  "comment lines of one event": (size) => `${fill(":\n", size)}\n`,
  "blank lines": (size) => fill("\n", size),
  "carriage returns": (size) => fill("\r", size),
  "stray lines of one event": (size) => `${fill("x\n", size)}\n`,
  "stray lines that begin as JSON": (size) => `${fill("{\n", size)}\n`,
  "stray lines and fields by turns": (size) => `${fill("x\nid\n", size)}\n`,
  "data lines of one event": (size) => `${fill("data\n", size)}\n`,
  "ids of one event": (size) => `${fill("id:\n", size)}\n`,
  "one event of one text": (size) => eventOf(`"${fill("a", size)}"`),
  "one event of open brackets": (size) => `data: ${fill("[", size)}\n\n`,
  "one event of small numbers": (size) => eventOf(`[${fill("1,", size)}1]`),
  "one event of empty objects": (size) => eventOf(`[${fill("{},", size)}1]`),
  "one event of names that differ": (size) =>
    eventOf(`{${series((index) => `"n${index}":1,`, size)}"z":1}`),
  "one event of choices": (size) => `data: {"choices":[${fill("{},", size)}{}]}\n\n`,
  "one event of white space": (size) => `data: ${fill(" ", size)}\n\n`,
  "one event with a null error": (size) =>
    eventOf(`[${fill("1,", size)}1]`).replace("{", '{"error":null,'),
  "one event without an end": (size) => `data: {"a":"${fill("a", size)}`,
  "an error of one text": (size) => errorOf(`"${fill("a", size)}"`),
  "an error of escapes": (size) => errorOf(`"${fill("\\\\", size)}"`),
  "an error of empty objects": (size) => errorOf(`[${fill("{},", size)}1]`),
};

function eventOf(value: string): string {
  return `data: ${TEXT.replace("{", `{"x":${value},`)}\n\n`;
}

function errorOf(value: string): string {
  return `data: {"error":{"code":429,"message":"No","metadata":{"raw":${value}}}}\n\n`;
}

const FIELDS: [string, string][] = [["content-type", "text/event-stream"]];

function held([name, text]: [string, (size: number) => string]): Payload {
  const make = (size: number) => ({ fields: FIELDS, body: text(size) + END });
  return { name: `held: ${name}`, side: "stream", make };
}

function relayed([name, text]: [string, (size: number) => string]): Payload {
  const make = (size: number) => ({ fields: FIELDS, body: SPOKEN + text(size) + END });
  return { name: `relayed: ${name}`, side: "stream", make };
}

/** Half an event that comes bit by bit. */
function dripping(name: string, text: (size: number) => string): Payload {
  const make = (size: number) => ({
    fields: FIELDS,
    body: SPOKEN + text(size / 16),
    chunkBytes: 8,
  });
  return { name: `dripping: ${name}`, side: "stream", make };
}

/** Event streams, before and after the status line is written. */
export const STREAMS: Payload[] = [
  ...Object.entries(EVENTS).map(held),
  ...Object.entries(EVENTS).map(relayed),
  dripping("half an event", (size) => `data: {"a":"${fill("a", size)}`),
  dripping("comments", (size) => fill(":\n\n", size)),
  dripping("stray lines", (size) => fill("x\n", size)),
];
