import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { withoutNullError } from "./error-null.ts";
import { EventStreamReader, type StreamEvent } from "./event-reader.ts";
import { parseJson } from "./json.ts";

const decoder = new TextDecoder();

/** An event as it comes, and what is left of it. */
function strip(written: string): string {
  const [event] = new EventStreamReader(1_000_000).feed(new TextEncoder().encode(written));
  if (event === undefined || "ends" in event) throw new Error("That is no event.");
  return decoder.decode(withoutNullError(event, dataOf(event)));
}

function dataOf({ data }: StreamEvent): unknown {
  return data === undefined ? undefined : parseJson(data);
}

describe('"error": null in a healthy event', () => {
  test.each([
    ['{"id":"a","error":null}', '{"id":"a"}'],
    ['{"error":null,"id":"a"}', '{"id":"a"}'],
    ['{"a":1,"error":null,"b":2}', '{"a":1,"b":2}'],
    ['{"error":null}', "{}"],
    // All else stays byte for byte: white space, escapes, numbers that JavaScript would round.
    ['{ "a": 1.0,  "error" : null , "b": "\\u0041" }', '{ "a": 1.0 , "b": "\\u0041" }'],
    ['{"n": 12345678901234567890, "error": null}', '{"n": 12345678901234567890}'],
  ])("is cut out of %s", (given, left) => {
    expect(strip(`data: ${given}\n\n`)).toBe(`data: ${left}\n\n`);
  });

  test("is cut out where the same stands in a text or deeper, of which nothing is lost", () => {
    const data = { text: ',"error":null', choices: [{ error: null }], error: null };
    const { error: _error, ...rest } = data;
    expect(strip(`data: ${JSON.stringify(data)}\n\n`)).toBe(`data: ${JSON.stringify(rest)}\n\n`);
  });

  test("is cut out behind others that are not the event's, and numbers stay as they are", () => {
    const before = '{"choices":[{"index":0,"error":null}],"n":12345678901234567890,"x":1.0';
    expect(strip(`data: ${before},"error":null}\n\n`)).toBe(`data: ${before}}\n\n`);
  });

  test("leaves the other lines of its event", () => {
    const lines = 'id: 7\r\nevent: x\r\nretry: 10\r\ndata: {"a":1';
    expect(strip(`${lines},"error":null}\r\n\r\n`)).toBe(`${lines}}\r\n\r\n`);
  });

  test("leaves lines that hold the same text, or a field of another name", () => {
    const lines = 'id: {"a":1,"error":null}\ndatax: {"a":1,"error":null}\ndata: {"a":1';
    expect(strip(`${lines},"error":null}\n\n`)).toBe(`${lines}}\n\n`);
  });

  test("is cut out of several lines of data, which become one", () => {
    expect(strip('data\nid: 7\ndata:{"a":1,\ndata: "error":null}\nretry: 9\n\n')).toBe(
      'data: {"a":1}\nid: 7\nretry: 9\n\n',
    );
    expect(strip('event: x\ndata: {"a":1,\ndata: "error":null}\n\n')).toBe(
      'event: x\ndata: {"a":1}\n\n',
    );
  });
});

test.each([
  'data: {"error":{"code":1}}\n\n',
  'data:{"choices":[{"error":null}]}\n\n',
  'data: {"text":"\\"error\\":null"}\n\n',
  'data: [{"error":null}]\r\n\r\n',
  "data: text\n\n",
  "event: ping\n\n",
])("an event without it stays byte for byte: %j", (written) => {
  expect(strip(written)).toBe(written);
});

test("what is left means the same, whatever stands beside it", () => {
  const beside = fc.dictionary(fc.constantFrom("a", "b", "error", "text"), fc.jsonValue());
  fc.assert(
    fc.property(beside, beside, fc.constantFrom(0, 2), (before, behind, spaces) => {
      const { error: _first, ...rest } = { ...before, ...behind };
      const data = { ...before, error: null, ...rest };
      const text = JSON.stringify(data, null, spaces).replaceAll("\n", "\ndata: ");
      const left = strip(`data: ${text}\n\n`);
      expect(parseJson(left.replace("data: ", ""))).toEqual(parseJson(JSON.stringify(rest)));
      expect(left.match(/\n/g)).toHaveLength(2);
    }),
    { numRuns: 200 },
  );
});
