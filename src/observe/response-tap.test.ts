import { expect, test } from "bun:test";
import { tapResponse } from "./response-tap.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function responseOf(...texts: string[]): Response {
  const upcoming = texts.values();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const { value, done } = upcoming.next();
        if (done) controller.close();
        else controller.enqueue(bytesOf(value));
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body);
}

test("what is kept is a copy: whoever reads may do with the bytes what it likes", async () => {
  const { response, raw } = tapResponse(responseOf("abc"), 100, { left: 100 });
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  value?.fill(0);
  expect(raw.chunks.map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual(["abc"]);
});

test("all that are open share one budget, and what is forgotten goes back into it", async () => {
  const budget = { left: 10 };
  const first = tapResponse(responseOf("12345678"), 100, budget);
  await first.response.text();
  const second = tapResponse(responseOf("1234"), 100, budget);
  expect(await second.response.text()).toBe("1234");
  expect([first.isTooLarge(), second.isTooLarge()]).toEqual([false, true]);
  first.forget();
  expect(budget.left).toBe(10);
  expect(first.raw.chunks).toEqual([]);
});

test("a status that no response can be made with goes on as it is", () => {
  const odd = Object.defineProperty(responseOf("abc"), "status", { value: 700 });
  expect(tapResponse(odd, 100, { left: 100 }).response).toBe(odd);
});
