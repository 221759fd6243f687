import { gzipSync } from "node:zlib";
import { fill, type Payload, type Sent, series } from "./payload.ts";

/** JSON values that cost more than their size, or once did. */
const VALUES: Record<string, (size: number) => string> = {
  "one text": (size) => `"${fill("a", size)}"`,
  "one text beyond Latin": (size) => `"${fill("你", size / 3)}"`,
  "one text of escapes": (size) => `"${fill("\\\\", size)}"`,
  "one text of \\u0073": (size) => `"${fill(String.raw`\\u0073`, size)}"`,
  "one number": (size) => fill("1", size),
  "small numbers": (size) => `[${fill("1,", size)}1]`,
  fractions: (size) => `[${fill("0.123456789,", size)}1]`,
  "equal texts": (size) => `[${fill('"a",', size)}1]`,
  "texts that differ": (size) => `[${series((index) => `"t${index}",`, size)}1]`,
  "names that differ": (size) => `{${series((index) => `"n${index}":1,`, size)}"z":1}`,
  "objects with names that differ": (size) => `[${series((at) => `{"n${at}":1},`, size)}1]`,
  "equal objects": (size) => `[${fill('{"token":"a","logprob":-0.5,"bytes":[1]},', size)}1]`,
  "empty objects": (size) => `[${fill("{},", size)}1]`,
  "white space": (size) => `[${fill(" ", size)}]`,
};

/** Texts that are no JSON, or only begin like some. */
const RAW: Record<string, (size: number) => string> = {
  "open brackets": (size) => fill("[", size),
  "open objects": (size) => fill('{"a":', size),
  "objects without an end": (size) => `[${fill("{},", size)}`,
  "white space and no more": (size) => fill(" \n", size),
  "white space before an answer": (size) => fill(" \n", size) + ANSWER,
  "comment lines before an answer": (size) => fill(": x\n\n", size) + ANSWER,
  "one long comment before an answer": (size) => `:${fill("x", size)}\n${ANSWER}`,
  "byte order marks": (size) => fill("\uFEFF", size / 3) + ANSWER,
  "a page of scripts": (size) => `<html>${fill("<script>", size)}`,
  "a page of <": (size) => `<html>${fill("<", size)}`,
};

/** What an honest upstream answers. */
export const ANSWER =
  '{"id":"gen-1","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}';

const ERROR_STATUSES = [200, 400];

/** A chat request with a value beside its messages. */
function requestWith(value: string): Sent {
  return { body: `{"messages":[{"role":"user","content":"Hi"}],"x":${value}}` };
}

/** A gzip body, that is small as long as it is packed. */
function packed({ body }: Sent, fields: [string, string][] = []): Sent {
  return { body: gzipSync(body), fields: [["content-encoding", "gzip"], ...fields] };
}

const JSON_TYPE: [string, string][] = [["content-type", "application/json"]];

function asked(): Payload[] {
  const valued = Object.entries(VALUES).map(([name, value]): Payload => {
    return { name, side: "request", make: (size) => requestWith(value(size)) };
  });
  const raw = Object.entries(RAW).map(([name, text]): Payload => {
    return { name, side: "request", make: (size) => ({ body: text(size) }) };
  });
  const chunked: Payload = {
    name: "one text in chunks of one byte",
    side: "request",
    make: (size) => ({ ...requestWith(`"${fill("a", size / 8)}"`), chunkBytes: 1 }),
  };
  const bomb: Payload = {
    name: "small numbers, packed",
    side: "request",
    make: (size) => packed(requestWith(`[${fill("1,", size)}1]`)),
  };
  return [...valued, ...raw, chunked, bomb];
}

function answered(): Payload[] {
  const healthy = Object.entries(VALUES).map(([name, value]): Payload => {
    const make = (size: number) => ({
      fields: JSON_TYPE,
      body: ANSWER.replace("{", `{"x":${value(size).replaceAll("$", "$$$$")},`),
    });
    return { name: `answer: ${name}`, side: "answer", make };
  });
  const failed = ERROR_STATUSES.flatMap((status) =>
    Object.entries(VALUES).map(([name, value]): Payload => {
      const error = (size: number) =>
        `{"error":{"message":"No","metadata":{"raw":${value(size)}}}}`;
      const make = (size: number) => ({ status, fields: JSON_TYPE, body: error(size) });
      return { name: `error ${status}: ${name}`, side: "answer", make };
    }),
  );
  const raw = Object.entries(RAW).flatMap(([name, text]): Payload[] => [
    {
      name: `answer: ${name}`,
      side: "answer",
      make: (size) => ({ fields: JSON_TYPE, body: text(size) }),
    },
    {
      name: `answer called a stream: ${name}`,
      side: "answer",
      make: (size) => ({ fields: [["content-type", "text/event-stream"]], body: text(size) }),
    },
    { name: `untyped answer: ${name}`, side: "answer", make: (size) => ({ body: text(size) }) },
    {
      name: `error 500: ${name}`,
      side: "answer",
      make: (size) => ({ status: 500, body: text(size) }),
    },
  ]);
  const bomb: Payload = {
    name: "answer: white space, packed",
    side: "answer",
    make: (size) => packed({ body: `${fill(" ", size)}${ANSWER}` }, JSON_TYPE),
  };
  const events: Payload = {
    name: "error 500: events",
    side: "answer",
    make: (size) => ({ status: 500, body: fill('data: {"a":1}\n\n', size) }),
  };
  return [...healthy, ...failed, ...raw, bomb, events];
}

/** Bodies of requests and of plain answers. */
export const BODIES: Payload[] = [...asked(), ...answered()];
