import { type Candor, HELLO } from "./candor.ts";
import { connectTo, type RawClient } from "./raw-client.ts";
import { atOnce } from "./raw-proxy.ts";

/** What an honest client sends while another is hostile. */
const NEIGHBOUR = JSON.stringify({ messages: [{ role: "user", content: "I am honest" }] });

/** What came of some bytes, once their connection was closed. */
export interface Outcome {
  /** The status lines that were answered, without the reason. */
  statuses: number[];
  answer: string;
}

/** What reached upstream of a request. */
export interface Forwarded {
  asked: string;
  body: string;
}

/**
 * Sends bytes that have to end their connection at once. Throws where it stays open, or where an
 * honest client is not served meanwhile.
 */
export async function attack(candor: Candor, bytes: string | Uint8Array): Promise<Outcome> {
  using client = await connectTo(candor.url);
  client.send(bytes);
  await expectService(candor);
  await atOnce(client.closed);
  return outcomeOf(client);
}

/** Throws where an honest request is not answered. */
export async function expectService(candor: Pick<Candor, "post">): Promise<void> {
  const { status } = await atOnce(candor.post(NEIGHBOUR));
  if (status !== 200) throw new Error(`An honest client got ${status}.`);
}

/** What a client was answered so far. */
export function outcomeOf(client: RawClient): Outcome {
  const answer = client.received();
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return { statuses, answer };
}

/** What reached upstream, but for the honest client's requests. */
export function forwarded(candor: Candor): Forwarded[] {
  return candor.received
    .map(({ method, path, body }) => ({
      asked: `${method} ${path.slice("/api/v1".length)}`,
      body: new TextDecoder().decode(body),
    }))
    .filter(({ body }) => body !== NEIGHBOUR);
}

/** A `POST /proxy` with these header lines, and these bytes behind the head. */
export function post(lines: string[], body = "", requestLine = "POST /proxy HTTP/1.1"): string {
  const head = [requestLine, "host: 127.0.0.1", "content-type: application/json", ...lines];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** A `POST /proxy` with a body of which no header tells the length. */
export function postChunked(body: string): string {
  return post(["transfer-encoding: chunked"], body);
}

/** One chunk of a chunked body. */
export function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** Ends a chunked body. */
export const LAST_CHUNK = "0\r\n\r\n";

/** A whole second request, as one would hide it within another. */
export const SMUGGLED = post(["content-length: 2"], "{}", "POST /v1/embeddings HTTP/1.1");

/** The length line of a request that every check lets pass. */
export const LENGTH = `content-length: ${HELLO.length}`;
