import { afterEach, expect, test } from "bun:test";
import { readRequest } from "../../src/commands/simulate/http-request.ts";
import type { SimulatedResponse } from "../../src/commands/simulate/simulated-response.ts";
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../src/commands/simulate/simulator.ts";

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
});

test("the status line and the headers stand on the wire as recorded, in order and spelling", async () => {
  const client = await connect(
    replaying({
      status: 429,
      headers: [
        ["Retry-After", "5"],
        ["x-RateLimit", "a"],
        ["content-type", "text/plain"],
        ["X-ratelimit", "caf\u00e9"],
      ],
      chunks: [{ at: 0, text: "slow down" }],
    }),
  );
  client.send(GET);
  expect(await client.receivedUpTo("0\r\n\r\n")).toBe(
    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nx-RateLimit: a\r\n" +
      "content-type: text/plain\r\nX-ratelimit: caf\u00e9\r\ntransfer-encoding: chunked\r\n\r\n" +
      "9\r\nslow down\r\n0\r\n\r\n",
  );
});

test("a body with a recorded length is written as is, under that length alone", async () => {
  const client = await connect(
    replaying({
      status: 520,
      headers: [["Content-Length", "4"]],
      chunks: [
        { at: 0, text: "ab" },
        { at: 0, text: "cd" },
      ],
    }),
  );
  client.send(GET);
  expect(await client.receivedUpTo("cd")).toBe("HTTP/1.1 520 \r\nContent-Length: 4\r\n\r\nabcd");
});

test("a recorded transfer coding is not declared twice", async () => {
  const client = await connect(
    replaying({ headers: [["Transfer-Encoding", "chunked"]], chunks: [{ at: 0, text: "ab" }] }),
  );
  client.send(GET);
  expect(await client.receivedUpTo("0\r\n\r\n")).toBe(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
  );
});

test(
  "each recorded chunk reaches a fetch reader as one read, cut where it was recorded",
  async () => {
    const { url } = replaying({
      chunks: [
        { at: 0, text: "data: caf" },
        { at: 0, base64: "ww==" },
        { at: 0, text: "" },
        { at: 0, base64: "qQ==" },
        { at: 0, text: "\n" },
        { at: 0, text: "\ndata: [DONE]\n\n" },
      ],
    });
    const { reads, error } = await readAll(await Bun.fetch(url));
    expect(reads).toEqual(["data: caf", "\u00c3", "\u00a9", "\n", "\ndata: [DONE]\n\n"]);
    expect(error).toBeUndefined();
  },
  // TCP promises no edges: a reader that gets no processor for some milliseconds finds two as one.
  { retry: 10 },
);

test("chunks keep their recorded times when the simulator is timed", async () => {
  const { url } = replaying({ chunks: [20, 60].map((at) => ({ at, text: "x" })) }, { timed: true });
  const asked = performance.now();
  const { reads } = await readAll(await Bun.fetch(url));
  expect(reads).toEqual(["x", "x"]);
  expect(performance.now() - asked).toBeGreaterThan(55);
});

test("a response may keep its own times, keep the status line back, or never send it", async () => {
  const chunks = [20, 60].map((at) => ({ at, text: "x" }));
  for (const slow of [{ chunks, timed: true }, { delayMs: 60 }]) {
    const asked = performance.now();
    await readAll(await Bun.fetch(replaying(slow).url));
    expect(performance.now() - asked).toBeGreaterThan(55);
  }
  const client = await connect(replaying({ isMute: true }));
  client.send(GET);
  expect(await client.closed).toMatchObject({ code: "ECONNRESET" });
  expect(client.received()).toBe("");
});

test("a simulator that forgets its requests still hands them over", async () => {
  const seen: string[] = [];
  const simulator = start({
    answer: ({ path }) => void seen.push(path),
    forgetsRequests: true,
  });
  await Bun.fetch(`${simulator.url}/models`);
  expect(seen).toEqual(["/api/v1/models"]);
  expect(simulator.requests).toEqual([]);
});

test("a recorded reset reaches the reader as an error after the recorded bytes", async () => {
  const simulator = replaying({ chunks: [{ at: 0, text: "half an ans" }], end: "reset" });
  const { reads, error } = await readAll(await Bun.fetch(simulator.url));
  expect(reads).toEqual(["half an ans"]);
  expect(error).toMatchObject({ code: "ECONNRESET" });
});

// Bun's fetch takes the second one for a whole body, so only a bare socket can tell.
test.each(["content-length: 100", "connection: close"])(
  "a recorded reset is an RST on the wire when the body is framed by `%s`",
  async (line) => {
    const [name = "", value = ""] = line.split(": ");
    const client = await connect(
      replaying({ headers: [[name, value]], chunks: [{ at: 0, text: "half" }], end: "reset" }),
    );
    client.send(GET);
    expect(await client.closed).toMatchObject({ code: "ECONNRESET" });
    expect(client.received()).toBe(`HTTP/1.1 200 OK\r\n${line}\r\n\r\nhalf`);
  },
);

test("a recorded truncation closes the connection in good order, without the last chunk", async () => {
  const client = await connect(
    replaying({ chunks: [{ at: 0, text: "half an ans" }], end: "truncated" }),
  );
  client.send(GET);
  expect(await client.closed).toBeUndefined();
  expect(client.received()).toEndWith("\r\n\r\nb\r\nhalf an ans\r\n");
});

test("a recorded silence leaves the connection open until the client leaves", async () => {
  const simulator = replaying({ chunks: [{ at: 0, text: "half an ans" }], end: "silent" });
  const client = await connect(simulator);
  client.send(GET);
  await client.receivedUpTo("half an ans\r\n");
  expect(Bun.peek.status(client.closed)).toBe("pending");
  client.leave();
  await onlyRequest(simulator).closed;
});

test("a reset by the simulator leaves `closed` pending, since the other side did not leave", async () => {
  const simulator = replaying({ end: "reset" });
  const { error } = await readAll(await Bun.fetch(simulator.url));
  expect(error).toMatchObject({ code: "ECONNRESET" });
  expect(simulator.openConnections()).toBe(0);
  expect(Bun.peek.status(onlyRequest(simulator).closed)).toBe("pending");
});

test("a body recorded with `connection: close` ends with the connection", async () => {
  const simulator = replaying({
    headers: [["connection", "close"]],
    chunks: [
      { at: 0, text: "to the " },
      { at: 0, text: "end" },
    ],
  });
  const client = await connect(simulator);
  client.send(GET);
  await client.ended;
  expect(client.received()).toBe("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nto the end");

  const { reads, error } = await readAll(await Bun.fetch(simulator.url));
  expect(reads.join("")).toBe("to the end");
  expect(error).toBeUndefined();
});

test("a connection that the client asked to close is closed after the answer", async () => {
  const client = await connect(replaying({ chunks: [{ at: 0, text: "ok" }] }));
  client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  await client.ended;
  expect(client.received()).toEndWith("2\r\nok\r\n0\r\n\r\n");
});

test("requests one after the other share a connection", async () => {
  const simulator = replaying({ chunks: [{ at: 0, text: "ok" }] });
  for (const body of ["first", "second"]) {
    const response = await Bun.fetch(simulator.url, { method: "POST", body });
    expect(await response.text()).toBe("ok");
  }
  expect(simulator.requests.map((request) => Buffer.from(request.body).toString())).toEqual([
    "first",
    "second",
  ]);
  expect(simulator.openConnections()).toBe(1);
});

test("requests sent at once on a connection are answered in turn", async () => {
  const simulator = start({
    answer: ({ path }) => ({
      status: 200,
      headers: [["content-length", "2"]],
      chunks: [{ at: 0, text: path }],
      end: "closed",
    }),
  });
  const client = await connect(simulator);
  client.send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
  expect(await client.receivedUpTo("/2")).toBe(`${head}/1${head}/2`);
});

test("a request that comes during an answer waits for the end of it", async () => {
  const chunks = ["ab", "cd", "ef"].map((text) => ({ at: 0, text }));
  const client = await connect(replaying({ headers: [["content-length", "6"]], chunks }));
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabcdef";
  client.send(GET);
  await client.receivedUpTo("ab");
  client.send(GET);
  expect(await client.receivedUpTo(answer + answer)).toBe(answer + answer);
});

test("a 204 has neither a body nor framing, and leaves its connection usable", async () => {
  const client = await connect(replaying({ status: 204, headers: [["x-a", "b"]] }));
  const answer = "HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n";
  client.send(GET);
  expect(await client.receivedUpTo(answer)).toBe(answer);
  client.send(GET);
  expect(await client.receivedUpTo(answer + answer)).toBe(answer + answer);
});

test("the answer to a HEAD request has no body", async () => {
  const client = await connect(
    replaying({ headers: [["content-length", "5"]], chunks: [{ at: 0, text: "hello" }] }),
  );
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
  client.send("HEAD / HTTP/1.1\r\n\r\n".repeat(2));
  expect(await client.receivedUpTo(answer + answer)).toBe(answer + answer);
});

test("a request that no recording answers gets a 404 error as JSON", async () => {
  const simulator = start({ answer: () => undefined });
  const response = await Bun.fetch(`${simulator.url}/models?a=b`);
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual({
    error: { code: 404, message: "No recording answers GET /api/v1/models?a=b" },
  });
});

test("a request is handed over with its method, path, headers and body", async () => {
  const simulator = replaying({});
  await Bun.fetch(`${simulator.url}/chat/completions?x=1`, {
    method: "POST",
    headers: { authorization: "Bearer k" },
    body: new Uint8Array([0, 255, 13, 10]),
  });
  const request = onlyRequest(simulator);
  expect(request.method).toBe("POST");
  expect(request.path).toBe("/api/v1/chat/completions?x=1");
  expect(request.headers.get("authorization")).toBe("Bearer k");
  expect([...request.body]).toEqual([0, 255, 13, 10]);
});

test("a chunked request body is put together, its extensions and trailers left out", async () => {
  const simulator = replaying({ chunks: [{ at: 0, text: "ok" }] });
  const client = await connect(simulator);
  client.send(CHUNKED_REQUEST);
  await client.receivedUpTo("0\r\n\r\n");
  expect(Buffer.from(onlyRequest(simulator).body).toString()).toBe("abc\r\n34567890");
});

test("a request is read only once it is whole, wherever it is cut, and no byte further", () => {
  for (const text of [GET, CHUNKED_REQUEST, "PUT / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc"]) {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut < bytes.length; cut++) {
      const reading = readRequest(bytes.subarray(0, cut));
      const needed = reading.kind === "incomplete" ? reading.needed : 0;
      expect(needed).toBeWithin(cut + 1, bytes.length + 1);
    }
    const followed = readRequest(Buffer.concat([bytes, bytes]));
    expect(followed).toMatchObject({ kind: "request", length: bytes.length });
  }
});

test("a large body arrives whole, whether fetch declares its length or streams it", async () => {
  const simulator = replaying({});
  const piece = new Uint8Array(2 * 1024 * 1024).fill(120);
  const pieces = [piece, piece, piece];
  const stream = new ReadableStream({
    pull: (controller) => {
      const next = pieces.pop();
      return next === undefined ? controller.close() : controller.enqueue(next);
    },
  });
  await Bun.fetch(simulator.url, { method: "POST", body: piece });
  await Bun.fetch(simulator.url, { method: "POST", body: stream });
  const coding = simulator.requests.map((request) => request.headers.get("transfer-encoding"));
  expect(coding).toEqual([null, "chunked"]);
  const lengths = simulator.requests.map((request) => request.body.length);
  expect(lengths).toEqual([piece.length, 3 * piece.length]);
});

test.each([
  ["no request line", "hello\r\n\r\n"],
  ["a header line without a colon", "GET / HTTP/1.1\r\nhello\r\n\r\n"],
  ["a forbidden header value", "GET / HTTP/1.1\r\na: b\0c\r\n\r\n"],
  ["two lengths", "GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"],
  ["an unknown transfer coding", "GET / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n"],
  ["a chunk size that is none", "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n"],
  ["a chunk longer than its size", "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc"],
])("a request with %s is refused with a 400 and its connection closed", async (_name, bytes) => {
  const simulator = replaying({});
  const client = await connect(simulator);
  client.send(bytes);
  await client.ended;
  expect(client.received()).toStartWith("HTTP/1.1 400 Bad Request\r\n");
  expect(simulator.requests).toEqual([]);
});

test("a head that does not end is refused with a 431", async () => {
  const client = await connect(replaying({}));
  client.send(`GET / HTTP/1.1\r\na: ${"b".repeat(65 * 1024)}`);
  await client.ended;
  expect(client.received()).toStartWith("HTTP/1.1 431 Request Header Fields Too Large\r\n");
});

test("a body larger than the socket's buffers arrives whole at a late reader", async () => {
  const text = "0123456789abcdef".repeat(1024 * 1024);
  const response = await Bun.fetch(replaying({ chunks: [{ at: 0, text }] }).url);
  expect((await response.text()) === text).toBe(true);
});

test("`closed` resolves when the other side leaves between two chunks", async () => {
  const simulator = replaying(
    {
      chunks: [
        { at: 0, text: "a" },
        { at: 3_600_000, text: "b" },
      ],
    },
    { timed: true },
  );
  const leaving = new AbortController();
  const response = await Bun.fetch(simulator.url, { signal: leaving.signal });
  expect(simulator.openConnections()).toBe(1);
  leaving.abort();
  await onlyRequest(simulator).closed;
  expect(simulator.openConnections()).toBe(0);
  expect((await readAll(response)).error).toMatchObject({ name: "AbortError" });
});

test("`closed` resolves when the other side leaves in the middle of a chunk", async () => {
  const simulator = replaying({ chunks: [{ at: 0, text: "x".repeat(16 * 1024 * 1024) }] });
  const client = await connect(simulator);
  client.send(GET);
  await client.receivedUpTo("xxx");
  client.leave();
  await onlyRequest(simulator).closed;
  expect(simulator.openConnections()).toBe(0);
});

test("stopping ends the open connections and frees the port", async () => {
  const simulator = replaying({ chunks: [{ at: 3_600_000, text: "late" }] }, { timed: true });
  const client = await connect(simulator);
  client.send(GET);
  await client.receivedUpTo("\r\n\r\n");
  await simulator.stop();
  await client.ended;
  expect(simulator.openConnections()).toBe(0);
  expect(Bun.peek.status(onlyRequest(simulator).closed)).toBe("pending");
  const port = Number(new URL(simulator.url).port);
  expect(start({ answer: () => undefined, port }).url).toBe(simulator.url);
});

const GET = "GET /api/v1 HTTP/1.1\r\nhost: openrouter.ai\r\n\r\n";

const CHUNKED_REQUEST =
  "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n" +
  "3;name=value\r\nabc\r\n0A\r\n\r\n34567890\r\n0\r\ntrailer: 1\r\n\r\n";

function start(options: SimulatorOptions): Simulator {
  const simulator = startSimulator(options);
  running.push(simulator);
  return simulator;
}

/** A simulator that gives this answer to everything: 200, no headers, no body, unless told. */
function replaying(
  response: Partial<SimulatedResponse>,
  options: { timed?: boolean } = {},
): Simulator {
  const whole: SimulatedResponse = { status: 200, headers: [], chunks: [], end: "closed" };
  return start({ ...options, answer: () => ({ ...whole, ...response }) });
}

function onlyRequest({ requests }: Simulator) {
  const [request] = requests;
  if (request === undefined || requests.length > 1) throw new Error(`${requests.length} requests`);
  return request;
}

/** Every read of a body, one character a byte, and the error with which reading ended, if any. */
async function readAll(response: Response): Promise<{ reads: string[]; error?: unknown }> {
  const reads: string[] = [];
  try {
    for await (const bytes of response.body ?? [])
      reads.push(Buffer.from(bytes).toString("latin1"));
    return { reads };
  } catch (error) {
    return { reads, error };
  }
}

/** A bare TCP client: what it received so far, one character a byte, and how that ended. */
async function connect({ url }: Simulator) {
  const ended = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<Error | undefined>();
  let received = "";
  let onData: (() => unknown) | undefined;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(url).port),
    socket: {
      data(_socket, bytes) {
        received += bytes.toString("latin1");
        onData?.();
      },
      end: () => ended.resolve(),
      close: (_socket, error) => closed.resolve(error),
    },
  });
  return {
    send: (text: string) => socket.write(text),
    leave: () => socket.terminate(),
    received: () => received,
    /** Resolves with all that was received, once these characters are among it. */
    receivedUpTo(part: string): Promise<string> {
      const arrived = Promise.withResolvers<string>();
      const check = () => received.includes(part) && arrived.resolve(received);
      onData = check;
      check();
      return arrived.promise;
    },
    /** Resolves when the simulator has sent its FIN. */
    ended: ended.promise,
    /** Resolves when the connection is gone, with the error if it was reset. */
    closed: closed.promise,
  };
}
