/**
 * The floor: what a proxy that judges cannot do without, in plain `Bun.serve` and without Candor. It
 * chooses header fields both ways, ends upstream's request with the client's, reads the JSON of
 * request and answer, reads a stream event by event at the client's pace, and logs one line. It has
 * no limits, no verdict, no second look at anything. Its argument is upstream's base URL.
 */
const UPSTREAM = `${Bun.argv[2] ?? ""}/chat/completions`;
const REQUEST_FIELDS = new Set(["accept", "authorization", "content-type", "x-session-id"]);
const WITHHELD = new Set(["connection", "content-length", "transfer-encoding"]);
const decoder = new TextDecoder();
const output = Bun.stdout.writer();

const FLOOR = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  idleTimeout: 255,
  async fetch(request) {
    const body = await request.bytes();
    JSON.parse(decoder.decode(body));
    const controller = new AbortController();
    request.signal.addEventListener("abort", () => controller.abort());
    const response = await fetch(UPSTREAM, {
      method: "POST",
      headers: choose(request.headers, (name) => REQUEST_FIELDS.has(name)),
      body,
      redirect: "manual",
      signal: controller.signal,
    });
    const headers = choose(response.headers, (name) => !WITHHELD.has(name));
    const { status } = response;
    log(status);
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (isStream && response.body !== null) {
      return new Response(readEvents(response.body), { status, headers });
    }
    const bytes = await response.bytes();
    JSON.parse(decoder.decode(bytes));
    return new Response(bytes, { status, headers });
  },
});
console.log(FLOOR.url.origin);

function choose(headers: Headers, isChosen: (name: string) => boolean): Record<string, string> {
  const fields = Object.entries(headers.toJSON()).filter(([name]) => isChosen(name));
  return Object.fromEntries(fields.map(([name, value]) => [name, String(value)]));
}

function readEvents(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let begun = "";
  return new ReadableStream(
    {
      async pull(controller) {
        const { value } = await reader.read();
        if (value === undefined) return controller.close();
        const events = (begun + decoder.decode(value)).split("\n\n");
        begun = events.pop() ?? "";
        for (const event of events) if (event.startsWith("data: {")) JSON.parse(event.slice(6));
        controller.enqueue(value);
      },
      cancel: () => void reader.cancel(),
    },
    { highWaterMark: 0 },
  );
}

function log(status: number): void {
  const entry = { time: new Date().toISOString(), requestId: crypto.randomUUID(), status };
  output.write(`${JSON.stringify(entry)}\n`);
}
