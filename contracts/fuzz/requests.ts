import { expect } from "bun:test";
import fc from "fast-check";
import { type Candor, HELLO } from "../harness/candor.ts";
import { anyJson, mostly } from "./json.ts";

const message = fc.record(
  {
    role: mostly(fc.constantFrom("user", "assistant", "")),
    content: mostly(fc.constantFrom("Hi", "", null, [{ type: "text", text: "\u{1F600}" }])),
    name: anyJson,
  },
  { requiredKeys: ["role"], noNullPrototype: true },
);

const nearlyGood = fc.record(
  {
    messages: mostly(fc.array(message, { minLength: 1, maxLength: 3 })),
    prompt: mostly(fc.constant("Hi")),
    model: mostly(fc.constant("openai/gpt-4o-mini")),
    stream: mostly(fc.constantFrom(true, false, null)),
    temperature: mostly(fc.double({ noNaN: true })),
    unknown: anyJson,
  },
  { requiredKeys: ["messages"], noNullPrototype: true },
);

/** Request bodies: bytes, any JSON, and chat requests that are nearly good, in odd spellings. */
export const requestBody: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  anyJson.map(inBytes),
  nearlyGood.map(inBytes),
  fc.constantFrom("", " ", "\uFEFF").map((pad) => Buffer.from(pad + HELLO)),
  fc
    .constantFrom("1.0", "1e400", "9007199254740993", '"\\u0041"', '"\\ud800"', '{"a":1,"a":2}')
    .map((spelling) => Buffer.from(`${HELLO.slice(0, -1)} ,"seed2" : ${spelling}\r\n}`)),
);

function inBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value) ?? "");
}

/** A request body either is refused with a 4xx or reaches upstream byte for byte. */
export async function bodyPassesWholeOrNot(candor: Candor, body: Uint8Array): Promise<void> {
  candor.received.length = 0;
  const response = await Bun.fetch(`${candor.url}/proxy`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  await response.bytes();
  const [request, ...more] = candor.received;
  expect(more).toEqual([]);
  if (request === undefined) {
    expect(response.status >= 400 && response.status <= 499).toBe(true);
    return;
  }
  expect(Buffer.from(request.body).toString("hex")).toBe(Buffer.from(body).toString("hex"));
  // A stream that is answered with plain JSON is a failure of upstream.
  expect([200, 502]).toContain(response.status);
}
