import type { RawClient } from "../../contracts/harness/raw-client.ts";

/** Something that hostile clients do. */
export interface Attack {
  name: string;
  connections: number;
  /** Sets one of them to work; it goes on until its connection is gone. */
  run: (client: RawClient) => void;
}

const CRLF = "\r\n";

/** A `POST /proxy` with this field, and the beginning of a body. */
function post(field: string, body = ""): string {
  const fields = ["host: 127.0.0.1", "content-type: application/json", field];
  return `POST /proxy HTTP/1.1\r\n${fields.join(CRLF)}\r\n\r\n${body}`;
}

const HALF_A_HEAD = "POST /proxy HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: ";
const PROBE = "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
const CHUNKED = "transfer-encoding: chunked";
const LARGE = "x".repeat(65_536);
const MANY = 2000;

/** Sends some bytes, and then some others every second. */
const dribble = (first: string, next: string) => (client: RawClient) => {
  client.send(first);
  const timer = setInterval(() => client.send(next), 1000);
  void client.closed.then(() => clearInterval(timer));
};

/** Sends some bytes, and then others as fast as they are taken. */
const flood = (first: string, next: string) => (client: RawClient) => {
  client.send(first);
  client.flood(next);
};

const once = (bytes: string) => (client: RawClient) => client.send(bytes);

export const ATTACKS: Attack[] = [
  { name: "say nothing", connections: MANY, run: () => {} },
  { name: "a head, a byte a second", connections: MANY, run: dribble(HALF_A_HEAD, "x") },
  { name: "15 KB of a head", connections: MANY, run: once(HALF_A_HEAD + "x".repeat(15_000)) },
  { name: "a head of 1 MB", connections: MANY, run: once(HALF_A_HEAD + "x".repeat(1_000_000)) },
  { name: "ask once, and stay", connections: MANY, run: once(PROBE) },
  {
    name: "ask once, then a head, a byte a second",
    connections: MANY,
    run: dribble(PROBE + HALF_A_HEAD, "x"),
  },
  {
    name: "a body, a byte a second",
    connections: MANY,
    run: dribble(post("content-length: 1000"), "x"),
  },
  {
    name: "a body in chunks, a byte a second",
    connections: MANY,
    run: dribble(post(CHUNKED), "1\r\nx\r\n"),
  },
  {
    name: "a body too large by its length, sent all the same",
    connections: 1,
    run: flood(post("content-length: 1000000000000"), LARGE),
  },
  {
    name: "a body in chunks without end",
    connections: 1,
    run: flood(post(CHUNKED), `10000\r\n${LARGE}\r\n`),
  },
  {
    name: "the same in chunks of one byte",
    connections: 1,
    run: flood(post(CHUNKED), "1\r\nx\r\n".repeat(10_000)),
  },
  {
    name: "the same, each with an extension of 1 KB",
    connections: 1,
    run: flood(post(CHUNKED), `1;a=${"x".repeat(1000)}\r\nx\r\n`.repeat(60)),
  },
  {
    name: "a request behind the other, without a pause",
    connections: 10,
    run: flood("", post("content-length: 2", "{}")),
  },
  {
    name: "both a length and a coding",
    connections: MANY,
    run: once(post(`${CHUNKED}\r\ncontent-length: 5`, "0\r\n\r\n")),
  },
];
