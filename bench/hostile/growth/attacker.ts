/**
 * A process that is upstream for a Candor, and its hostile client: what it sends takes no time of
 * those who measure. It prints two URLs: that of upstream, and its own, at which `/prepare` makes what
 * is sent, by the parameters `name` and `size`, and `/attack` sends it to `target`, and answers with
 * the status that came of it.
 */
import { connectTo } from "../../../contracts/harness/raw-client.ts";
import { type RawExchange, startRawUpstream } from "../../../contracts/harness/raw-upstream.ts";
import { ANSWER, BODIES } from "./bodies.ts";
import { HEADS, LIFTED } from "./heads.ts";
import type { Payload, Sent } from "./payload.ts";
import { STREAMS } from "./streams.ts";

/** All that is sent, in the order of the report. */
export const PAYLOADS: Payload[] = [...BODIES, ...LIFTED, ...STREAMS, ...HEADS];

/** How long an attack is waited for. */
const PATIENCE_MS = 60_000;

const HOSTILE_MODEL = "hostile";
const encoder = new TextEncoder();

if (import.meta.main) serve();

function serve(): void {
  const upstream = startRawUpstream();
  let answer: Uint8Array | undefined;
  let request: Uint8Array | undefined;
  void answerAll();
  const control = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 255,
    async fetch({ url }) {
      const { pathname, searchParams } = new URL(url);
      if (pathname === "/prepare") prepare(searchParams);
      else if (request !== undefined) return new Response(await send(request, searchParams));
      return new Response();
    },
  });
  console.log(`${control.url.href} ${upstream.url}`);

  function prepare(asked: URLSearchParams): void {
    const payload = PAYLOADS.find(({ name }) => name === asked.get("name"));
    if (payload === undefined) throw new Error(`There is no attack ${asked.get("name")}.`);
    const sent = payload.make(Number(asked.get("size")));
    const isAsked = payload.side === "request";
    answer = isAsked ? undefined : answerBytes(sent);
    request = requestBytes(isAsked ? sent : call(payload.side === "stream"));
  }

  async function answerAll(): Promise<void> {
    const exchange = await upstream.next();
    void answerOne(exchange).catch(() => {});
    return answerAll();
  }

  async function answerOne(exchange: RawExchange): Promise<void> {
    const isHostile =
      exchange.request.body.length < 1000 &&
      new TextDecoder().decode(exchange.request.body).includes(HOSTILE_MODEL);
    const sent = isHostile ? answer : undefined;
    if (sent === undefined) return exchange.json(ANSWER);
    await exchange.write(sent);
    exchange.close();
  }
}

/** A small request whose answer is the attack. */
function call(stream: boolean): Sent {
  const messages = [{ role: "user", content: "Hi" }];
  return { body: JSON.stringify({ model: HOSTILE_MODEL, messages, stream }) };
}

/** Sends a request, and reads the answer to its end; gives its status. */
async function send(request: Uint8Array, asked: URLSearchParams): Promise<string> {
  using client = await connectTo(asked.get("target") ?? "");
  client.send(request);
  await Promise.race([client.closed, Bun.sleep(PATIENCE_MS)]);
  return /^HTTP\/1\.1 (\d{3})/.exec(client.received().slice(0, 20))?.[1] ?? "none";
}

function requestBytes({ fields = [], body, chunkBytes }: Sent): Uint8Array {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const lines = [
    "POST /proxy HTTP/1.1",
    "host: 127.0.0.1",
    "content-type: application/json",
    "connection: close",
    ...fields.map(([name, value]) => `${name}: ${value}`),
  ];
  return framed(lines, bytes, chunkBytes);
}

function answerBytes({ status = 200, fields = [], body, chunkBytes }: Sent): Uint8Array {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const lines = fields.map(([name, value]) => `${name}: ${value}`);
  return framed([`HTTP/1.1 ${status} x`, "connection: close", ...lines], bytes, chunkBytes);
}

function framed(lines: string[], body: Uint8Array, chunkBytes: number | undefined): Uint8Array {
  const framing =
    chunkBytes === undefined ? `content-length: ${body.length}` : "transfer-encoding: chunked";
  const head = `${[...lines, framing].join("\r\n")}\r\n\r\n`;
  return Buffer.concat([
    encoder.encode(head),
    chunkBytes === undefined ? body : chunked(body, chunkBytes),
  ]);
}

function chunked(body: Uint8Array, chunkBytes: number): Uint8Array {
  const text = new TextDecoder("latin1").decode(body);
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += chunkBytes) {
    const piece = text.slice(start, start + chunkBytes);
    pieces.push(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  }
  return encoder.encode(`${pieces.join("")}0\r\n\r\n`);
}
