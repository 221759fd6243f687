import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { median } from "../../bench/statistics.ts";
import { buildBinary, startBinary } from "../harness/candor-binary.ts";
import { textEvent } from "../harness/stream-events.ts";

setDefaultTimeout(60_000);

beforeAll(buildBinary);

const FLOODS = 16;
const INNOCENTS = 60;

/** An event with a null error is written anew: of the kinds that were tried, it costs most for its size. */
const NULL_ERROR = `data: ${JSON.stringify({ id: "gen-1", error: null, choices: [{ index: 0, delta: { content: "Hi" } }] })}\n\n`;
const FLOOD = new TextEncoder().encode(NULL_ERROR.repeat(500));

const ANSWER = { id: "gen-1", choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] };

test("beside clients whose streams come as fast as they can, another waits less than 50 ms, in the median", async () => {
  await using upstream = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const OPENROUTER_BASE_URL = `http://127.0.0.1:${upstream.port}/api/v1`;
  await using candor = await startBinary({ environment: { OPENROUTER_BASE_URL } });
  const leaving = new AbortController();
  const floods = Array.from({ length: FLOODS }, async () => {
    const response = await ask(candor.url, { stream: true }, leaving.signal);
    let size = 0;
    for await (const bytes of response.body ?? []) size += bytes.length;
    return size;
  });
  const flooded = Promise.allSettled(floods);
  const waits: number[] = [];
  for (let asked = 0; asked < INNOCENTS; asked += 1) {
    const askedAt = performance.now();
    const response = await ask(candor.url, {});
    expect(await response.json()).toEqual(ANSWER);
    waits.push(performance.now() - askedAt);
  }
  leaving.abort();
  const endings = await flooded;
  // They were still under way.
  expect(endings.map(({ status }) => status)).toEqual(floods.map(() => "rejected"));
  expect(median(waits)).toBeLessThan(50);
});

function ask(url: string, more: object, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }], ...more });
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body, ...(signal && { signal }) };
  return Bun.fetch(`${url}/v1/chat/completions`, init);
}

/** Streams without an end, as fast as they are read. */
async function answer(request: Request): Promise<Response> {
  if (request.method !== "POST") return new Response();
  if (!(await request.text()).includes('"stream":true')) return Response.json(ANSWER);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(textEvent("Hi"))),
    pull(controller) {
      controller.enqueue(FLOOD);
      return setImmediate();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
