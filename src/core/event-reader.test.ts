import { describe, expect, test } from "bun:test";
import { EventStreamReader, type Fragment, type StreamEvent } from "./event-reader.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a test compares: the block as text, and what was read from it. */
function readable(item: StreamEvent | Fragment) {
  const text = decoder.decode(item.written);
  if ("ends" in item) return { text, ends: item.ends };
  return { text, name: item.name, data: item.data, stray: item.stray };
}

function readAll(chunks: Uint8Array[], maxEventBytes = Number.POSITIVE_INFINITY) {
  const reader = new EventStreamReader(maxEventBytes, true);
  return [...chunks.flatMap((chunk) => reader.feed(chunk)), ...reader.end()].map(readable);
}

const readText = (...texts: string[]) => readAll(texts.map((text) => encoder.encode(text)));

/** The events that have data or a name, without their bytes. */
const fieldsOf = (items: ReturnType<typeof readAll>) =>
  items.flatMap((item) =>
    "data" in item && item.data !== undefined ? [{ name: item.name, data: item.data }] : [],
  );

const LINE_ENDS: [title: string, end: string][] = [
  ["LF", "\n"],
  ["CRLF", "\r\n"],
  ["CR", "\r"],
];

describe("EventStreamReader", () => {
  const lines: [title: string, block: string, name: string | undefined, data: string][] = [
    ["one line of data", "data: a", undefined, "a"],
    ["data without a space", "data:a", undefined, "a"],
    ["data with a second space, which belongs to it", "data:  a", undefined, " a"],
    ["several lines of data", "data: a\ndata:b\ndata: c", undefined, "a\nb\nc"],
    ["data with a colon", "data: a: b", undefined, "a: b"],
    ["data that is empty", "data:", undefined, ""],
    ["a name", "event: error\ndata: a", "error", "a"],
    ["a name without a space", "event:error\ndata:a", "error", "a"],
    ["a name behind the data", "data: a\nevent: ping", "ping", "a"],
    ["an id and a retry time", "id: 7\nretry: 10\ndata: a", undefined, "a"],
    ["a comment in between", "data: a\n: x\ndata: b", undefined, "a\nb"],
    [
      "letters beyond ASCII",
      "data: h\u00e9 \u4f60 \u{1f600}",
      undefined,
      "h\u00e9 \u4f60 \u{1f600}",
    ],
    ["a byte order mark within the data", "data: \uFEFFa", undefined, "\uFEFFa"],
  ];
  for (const [endTitle, end] of LINE_ENDS) {
    test.each(lines)(`with ${endTitle}, a block can hold %s`, (_title, block, name, data) => {
      const text = `${block}\n\n`.replaceAll("\n", end);
      expect(readText(text)).toEqual([{ text, name, data, stray: undefined }]);
    });
  }

  test.each([
    ": OPENROUTER PROCESSING\n\n",
    "\n",
    "id: 7\n\n",
    "retry: 10\n\n",
    "retry: soon\n\n",
    "event: ping\n\n",
  ])("the block %j carries no data", (text) => {
    expect(readText(text)).toEqual([{ text, name: undefined, data: undefined, stray: undefined }]);
  });

  test("a byte order mark before the first event is skipped, and stays in its bytes", () => {
    const text = "\uFEFFdata: a\n\n";
    expect(readText(text)).toEqual([{ text, name: undefined, data: "a", stray: undefined }]);
  });

  test("a byte order mark before a later event is part of its first line", () => {
    const [first, second] = readText("data: a\n\n\uFEFFdata: b\n\n");
    expect(first).toMatchObject({ data: "a" });
    expect(second).toMatchObject({ data: undefined, stray: "\uFEFFdata: b" });
  });

  test("a line that is no field is kept apart, as a bare JSON line", () => {
    const text = '{"error":{"code":429}}\n\n';
    expect(readText(text)).toEqual([
      { text, name: undefined, data: undefined, stray: '{"error":{"code":429}}' },
    ]);
  });

  test("several lines that are no fields are kept as several lines", () => {
    const [event] = readText('{\n  "a":\n  1\n}\n\n');
    expect(event).toMatchObject({ stray: '{\n  "a":\n  1\n}' });
  });

  test("an event comes out with the chunk that completes it, and not before", () => {
    const reader = new EventStreamReader(Number.POSITIVE_INFINITY);
    expect(reader.feed(encoder.encode("data: a\n"))).toEqual([]);
    expect(reader.feed(encoder.encode("\ndata: b"))).toHaveLength(1);
    expect(reader.feed(encoder.encode("\n\n"))).toHaveLength(1);
    expect(reader.end()).toEqual([]);
  });

  test.each([
    ["data: a\r\n\r", 1],
    ["data: a\n\r", 1],
    ["data: a\r\n", 0],
    ["data: a", 0],
  ])("where the body was cut, %j holds %d whole events", (text, events) => {
    const reader = new EventStreamReader(Number.POSITIVE_INFINITY);
    expect(reader.feed(encoder.encode(text))).toEqual([]);
    expect(reader.end(true)).toHaveLength(events);
  });

  test("a stream of CRs is as prompt as one of LFs", () => {
    const reader = new EventStreamReader(Number.POSITIVE_INFINITY);
    expect(reader.feed(encoder.encode("data: a\r\r"))).toHaveLength(1);
    expect(reader.feed(encoder.encode("data: b\r\r"))).toHaveLength(1);
  });

  test.each(["data: a", "data: a\n", "data: a\r", "data: a\r\n", "data: a\n\r"])(
    "the last event counts where the body ends with %j",
    (text) => {
      expect(readText(text)).toEqual([{ text, name: undefined, data: "a", stray: undefined }]);
    },
  );

  test("a body without a byte has no events", () => {
    expect(readText("")).toEqual([]);
    expect(readText()).toEqual([]);
  });
});

describe("events beyond the size limit", () => {
  test("an event that grows too large comes out in fragments, of which the last one ends it", () => {
    expect(
      readAll([encoder.encode("data: 12345"), encoder.encode("67\n\ndata: b\n\n")], 10),
    ).toEqual([
      { text: "data: 12345", ends: false },
      { text: "67\n\n", ends: true },
      { text: "data: b\n\n", name: undefined, data: "b", stray: undefined },
    ]);
  });

  test("an event up to the limit is read", () => {
    const text = "data: 12\n\n";
    const chunks = [encoder.encode(text.slice(0, 9)), encoder.encode(text.slice(9))];
    expect(readAll(chunks, 10)).toEqual([{ text, name: undefined, data: "12", stray: undefined }]);
  });

  test("no byte is lost or doubled, wherever the chunks are split", () => {
    const bytes = encoder.encode(
      "data: 1\n\ndata: 12345678901234567890\n\n: c\n\ndata: 2\n\ndata: 3",
    );
    for (let size = 1; size <= bytes.length; size++) {
      const items = readAll(chunksOf(bytes, size), 12);
      expect(items.map((item) => item.text).join("")).toBe(decoder.decode(bytes));
    }
  });
});

describe("splits", () => {
  const source =
    ': OPENROUTER PROCESSING\n\ndata: {"a":"h\u00e9 \u{1f600}"}\n\n\nevent: error\nid: 7\ndata:x\n' +
    'data: y\n\n{"error": 1}\n\n:\n\ndata: [DONE]\n\n';
  const expected = [
    { name: undefined, data: '{"a":"h\u00e9 \u{1f600}"}' },
    { name: "error", data: "x\ny" },
    { name: undefined, data: "[DONE]" },
  ];
  const mixtures = ["\n", "\r\n", "\r", "\r\n", "\n", "\n", "\r", "\r", "\r\n"];
  const streams: [title: string, text: string][] = [
    ...LINE_ENDS.map(([title, end]): [string, string] => [title, source.replaceAll("\n", end)]),
    ["LF and a byte order mark", `\uFEFF${source}`],
    ["CRLF and a byte order mark", `\uFEFF${source.replaceAll("\n", "\r\n")}`],
    ["CR, and no blank line at the end", source.trimEnd().replaceAll("\n", "\r")],
    ["CRLF, and no blank line at the end", source.trimEnd().replaceAll("\n", "\r\n")],
    ...mixtures.map((_end, shift): [string, string] => [
      `mixture ${shift + 1} of line ends`,
      mixLineEnds(source, [...mixtures.slice(shift), ...mixtures.slice(0, shift)]),
    ]),
  ];

  test.each(streams)(
    "with %s, the events do not depend on where chunks are split",
    (_title, text) => {
      const bytes = encoder.encode(text);
      expect(fieldsOf(readAll([bytes]))).toEqual(expected);
      for (const chunks of splits(bytes)) {
        const items = readAll(chunks);
        expect(fieldsOf(items)).toEqual(expected);
        expect(items.map((item) => item.text).join("")).toBe(text);
      }
    },
  );

  test("with LF, even the bytes of each event do not depend on it", () => {
    const bytes = encoder.encode(source);
    const whole = readAll([bytes]);
    for (const chunks of splits(bytes)) expect(readAll(chunks)).toEqual(whole);
  });
});

/** Every way to split bytes in two, and into pieces of 1, 2 and 3 bytes. */
function splits(bytes: Uint8Array): Uint8Array[][] {
  const inTwo = Array.from(bytes, (_byte, at) => [bytes.slice(0, at), bytes.slice(at)]);
  return [...inTwo, ...[1, 2, 3].map((size) => chunksOf(bytes, size))];
}

function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.slice(at * size, (at + 1) * size));
}

/** A CR before a LF would be one line end, so that a LF never follows a CR here. */
function mixLineEnds(text: string, ends: string[]): string {
  let at = 0;
  let previous = "";
  return text.replaceAll("\n", () => {
    const end = ends[at++ % ends.length] ?? "\n";
    previous = previous === "\r" && end === "\n" ? "\r\n" : end;
    return previous;
  });
}

describe("an event of a great many lines", () => {
  test.each(["x\n", "data\n", "data: x\n", "id:\n", "x\r\ndata:\r"])(
    "such as %j goes out as it is, unread",
    (line) => {
      const text = `${line.repeat(60_000)}\n\n`;
      expect(readText(text)[0]).toEqual({
        text: expect.stringMatching(/^[^]{100000}/),
        ends: true,
      });
    },
  );

  test("is read where all but a few are comments", () => {
    const text = `${":\n".repeat(60_000)}data: x\n\n`;
    expect(fieldsOf(readText(text))).toEqual([{ name: undefined, data: "x" }]);
  });

  test("does not keep the next one from being read", () => {
    const text = `${"x\n".repeat(60_000)}\ndata: x\n\n`;
    expect(fieldsOf(readText(text))).toEqual([{ name: undefined, data: "x" }]);
  });
});

test("a comment that is left out takes no line end of the others with it", () => {
  const bytes = encoder.encode("event: foo\r: comment\n\ndata: x\n\n");
  const events = new EventStreamReader(Number.POSITIVE_INFINITY).feed(bytes);
  expect(events.map(readable).map(({ text }) => text)).toEqual(["event: foo\r\n\n", "data: x\n\n"]);
});
