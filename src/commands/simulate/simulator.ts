import { type HttpRequest, readRequest, type RequestReading } from "./http-request.ts";
import {
  closes,
  type Connection,
  errorResponse,
  framingOf,
  isOpen,
  type Peer,
  sendResponse,
  type SimulatedResponse,
} from "./simulated-response.ts";

/** A request that reached the simulator; `path` stands as on the wire, so with `/api/v1`. */
export interface ReceivedRequest extends HttpRequest {
  /** Resolves when the other side has closed this request's socket; never if the simulator did. */
  closed: Promise<void>;
}

/** What the simulator answers, on which port (default: any free one) and how fast. */
export interface SimulatorOptions {
  /** Called once the whole request is there. Undefined stands for a 404 as OpenRouter words it. */
  answer: (request: ReceivedRequest) => SimulatedResponse | undefined;
  port?: number;
  /** The address to listen on, by default 127.0.0.1. */
  host?: string;
  /** Keeps the recorded times. Otherwise chunks come as fast as they can without merging. */
  timed?: boolean;
  /** Leaves `requests` empty, so that one that runs for days does not fill the memory. */
  forgetsRequests?: boolean;
}

/** A running simulator: its base URL, every request so far, and the way to end it. */
export interface Simulator {
  url: string;
  requests: ReceivedRequest[];
  openConnections(): number;
  stop(): Promise<void>;
}

type Respond = (request: ReceivedRequest) => SimulatedResponse;

/**
 * Stands in for OpenRouter: answers every request with exactly the bytes of a
 * recording, chunk by chunk, and ends as it did. What `answer` throws surfaces as unhandled.
 */
export function startSimulator(options: SimulatorOptions): Simulator {
  const requests: ReceivedRequest[] = [];
  const respond: Respond = (request) => {
    if (options.forgetsRequests !== true) requests.push(request);
    const message = `No recording answers ${request.method} ${request.path}`;
    return options.answer(request) ?? errorResponse(404, message);
  };
  const { host = "127.0.0.1", port = 0, timed = false } = options;
  const { listener, peers } = listen(host, port, respond, timed);
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${listener.port}/api/v1`,
    requests,
    openConnections: () => peers.size,
    async stop() {
      listener.stop();
      const closing = [...peers];
      for (const peer of closing) {
        peer.data.closedBySimulator = true;
        peer.end();
      }
      await Promise.all(closing.map((peer) => peer.data.gone.promise));
    },
  };
}

function listen(hostname: string, port: number, respond: Respond, timed: boolean) {
  const peers = new Set<Peer>();
  const listener = Bun.listen<Connection>({
    hostname,
    port,
    socket: {
      open(peer) {
        peer.setNoDelay(true);
        peer.data = newConnection();
        peers.add(peer);
      },
      data(peer, bytes) {
        peer.data.unread.push(bytes);
        return answerRequests(peer, respond, timed);
      },
      drain(peer) {
        peer.data.drained.resolve();
      },
      close(peer) {
        peers.delete(peer);
        peer.data.gone.resolve();
        if (!peer.data.closedBySimulator) peer.data.closedByPeer.resolve();
      },
    },
  });
  return { listener, peers };
}

function newConnection(): Connection {
  return {
    unread: [],
    needed: 1,
    busy: false,
    drained: Promise.withResolvers(),
    gone: Promise.withResolvers(),
    closedBySimulator: false,
    closedByPeer: Promise.withResolvers(),
  };
}

async function answerRequests(peer: Peer, respond: Respond, timed: boolean): Promise<void> {
  const connection = peer.data;
  if (connection.busy) return;
  connection.busy = true;
  while (isOpen(peer)) {
    const reading = nextReading(connection);
    if (reading.kind === "incomplete") break;
    // `shutdown` sends a FIN and leaves the closing to the peer; Bun's `end` closes at once.
    if (reading.kind === "malformed") {
      await sendResponse(
        peer,
        errorResponse(reading.status, "Not an HTTP/1.1 request"),
        "as is",
        timed,
      );
      return peer.shutdown();
    }
    const request = { ...reading.request, closed: connection.closedByPeer.promise };
    const response = respond(request);
    await sendResponse(peer, response, framingOf(request.method, response), timed);
    if (closes(response.headers) || closes([...request.headers])) return peer.shutdown();
  }
  connection.busy = false;
}

function nextReading(connection: Connection): RequestReading {
  const available = connection.unread.reduce((sum, bytes) => sum + bytes.length, 0);
  if (available < connection.needed) return { kind: "incomplete", needed: connection.needed };
  const bytes = Buffer.concat(connection.unread);
  const reading = readRequest(bytes);
  connection.unread = [reading.kind === "request" ? bytes.subarray(reading.length) : bytes];
  connection.needed = reading.kind === "incomplete" ? reading.needed : 1;
  return reading;
}
