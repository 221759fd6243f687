import type { Socket } from "bun";
import { type HttpRequest, readRequest } from "../../src/commands/simulate/http-request.ts";

/** A request that reached a raw upstream, and the socket on which a test answers it by hand. */
export interface RawExchange {
  request: HttpRequest;
  /** The number of its connection, from 1. */
  connection: number;
  /** Writes these bytes and no others; resolves when the kernel has taken them. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Begins an answer with a chunked body: status 200, unless told. */
  begin(contentType: string, headers?: Record<string, string>): Promise<void>;
  /** Writes one chunk of that body. */
  chunk(bytes: string | Uint8Array): Promise<void>;
  /** Ends that body. */
  finish(): Promise<void>;
  /** A whole answer with this JSON text. */
  json(text: string): Promise<void>;
  /** Resets the connection. */
  reset(): void;
  /** Closes the connection with a FIN, wherever the answer stands. */
  close(): void;
  isOpen(): boolean;
  /** Resolves when the other side has closed the connection. */
  closed: Promise<void>;
}

/** An upstream that does nothing of its own accord; stops, and hangs up, at the end of its scope. */
export interface RawUpstream extends Disposable {
  /** What Candor takes as `OPENROUTER_BASE_URL`. */
  url: string;
  /** The next request, once the whole of it has arrived. */
  next(): Promise<RawExchange>;
  /** How many requests have arrived so far. */
  count(): number;
}

interface Connection {
  number: number;
  unread: Buffer[];
  unreadBytes: number;
  needed: number;
  drained: PromiseWithResolvers<void>;
  closed: PromiseWithResolvers<void>;
}

type Peer = Socket<Connection>;

/** What a raw upstream shows of the requests that keep a connection to it open (`server/warm.ts`). */
export interface RawUpstreamOptions {
  /** By default they are answered, and neither counted nor shown. */
  showsWarming?: boolean;
}

const NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";

/** Starts a raw upstream on any free port of 127.0.0.1. */
export function startRawUpstream({ showsWarming = false }: RawUpstreamOptions = {}): RawUpstream {
  const peers = new Set<Peer>();
  const arrived: RawExchange[] = [];
  const awaited: ((exchange: RawExchange) => void)[] = [];
  let count = 0;
  let connections = 0;
  const listener = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(peer) {
        peer.setNoDelay(true);
        connections += 1;
        peer.data = newConnection(connections);
        peers.add(peer);
      },
      data(peer, bytes) {
        for (const request of takeRequests(peer.data, bytes)) {
          const exchange = openExchange(peer, request);
          if (!showsWarming && request.method === "HEAD" && request.path === "/") {
            void exchange.write(NO_CONTENT);
            continue;
          }
          count += 1;
          const take = awaited.shift();
          if (take === undefined) arrived.push(exchange);
          else take(exchange);
        }
      },
      drain: (peer) => peer.data.drained.resolve(),
      close(peer) {
        peers.delete(peer);
        peer.data.drained.resolve();
        peer.data.closed.resolve();
      },
    },
  });
  return {
    url: `http://127.0.0.1:${listener.port}/api/v1`,
    next: async () => arrived.shift() ?? new Promise((resolve) => awaited.push(resolve)),
    count: () => count,
    [Symbol.dispose]() {
      listener.stop();
      for (const peer of peers) peer.terminate();
    },
  };
}

function newConnection(number: number): Connection {
  return {
    number,
    unread: [],
    unreadBytes: 0,
    needed: 1,
    drained: Promise.withResolvers(),
    closed: Promise.withResolvers(),
  };
}

/** The requests that these bytes complete. */
function takeRequests(connection: Connection, bytes: Buffer): HttpRequest[] {
  const requests: HttpRequest[] = [];
  connection.unread.push(bytes);
  connection.unreadBytes += bytes.length;
  while (connection.unreadBytes >= connection.needed) {
    const unread = Buffer.concat(connection.unread);
    const reading = readRequest(unread);
    if (reading.kind === "malformed") throw new Error("What arrived is no HTTP/1.1 request.");
    connection.needed = reading.kind === "incomplete" ? reading.needed : 1;
    const rest = reading.kind === "request" ? unread.subarray(reading.length) : unread;
    connection.unread = [rest];
    connection.unreadBytes = rest.length;
    if (reading.kind === "request") requests.push(reading.request);
  }
  return requests;
}

function openExchange(peer: Peer, request: HttpRequest): RawExchange {
  const exchange: RawExchange = {
    request,
    connection: peer.data.number,
    async write(bytes) {
      let rest = Buffer.from(bytes);
      while (exchange.isOpen() && rest.length > 0) {
        peer.data.drained = Promise.withResolvers();
        rest = rest.subarray(Math.max(0, peer.write(rest)));
        if (rest.length > 0) await peer.data.drained.promise;
      }
    },
    begin(contentType, headers = {}) {
      const fields = { "content-type": contentType, "transfer-encoding": "chunked", ...headers };
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
      return exchange.write(`HTTP/1.1 200 OK\r\n${lines.join("")}\r\n`);
    },
    chunk(bytes) {
      const size = Buffer.byteLength(bytes).toString(16);
      return exchange.write(
        Buffer.concat([Buffer.from(`${size}\r\n`), Buffer.from(bytes), Buffer.from("\r\n")]),
      );
    },
    finish: () => exchange.write("0\r\n\r\n"),
    async json(text) {
      await exchange.begin("application/json");
      await exchange.chunk(text);
      await exchange.finish();
    },
    reset: () => peer.terminate(),
    close: () => peer.end(),
    isOpen: () => peer.readyState === 1,
    closed: peer.data.closed.promise,
  };
  return exchange;
}
