import { postBytes } from "./raw-client.ts";
import { PLAIN, STREAM } from "./raw-proxy.ts";
import { ANSWER, DONE, FINISH, textEvent } from "./stream-events.ts";

/** What became of the requests of a load. */
export interface LoadResult {
  /** Whole answers. */
  answers: number;
  /** Requests on a kept connection that was closed or reset before any byte of the answer. */
  lostOnKept: number;
  /** The same for the first request of a connection. */
  lostOnNew: number;
  /** Connections that were refused, since nobody listened. */
  refused: number;
  /** Anything else, such as an answer that was cut. */
  problems: string[];
}

const CLIENTS = 8;

const EVENT_MS = 100;
const EVENT = textEvent("Hello");

/** An upstream that answers by itself. Its streams take a tenth of a second for each event. */
export function startBusyUpstream(events: number) {
  let count = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      // Those that keep a connection open are no requests of the load.
      if (request.method === "HEAD") return new Response(null);
      count += 1;
      if (!(await request.text()).includes('"stream":true')) {
        return new Response(ANSWER, { headers: { "content-type": "application/json" } });
      }
      return new Response(stream(events), { headers: { "content-type": "text/event-stream" } });
    },
  });
  return {
    url: `${server.url.origin}/api/v1`,
    wholeStream: EVENT.repeat(events) + FINISH + DONE,
    count: () => count,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

async function* stream(events: number) {
  for (let event = 0; event < events; event += 1) {
    yield EVENT;
    // The pace of a model, not a wait for something.
    await Bun.sleep(EVENT_MS);
  }
  yield FINISH + DONE;
}

/**
 * Clients that ask one request behind the other, plain and streams, half of them on kept
 * connections. They close a connection when they are told to, and open the next one.
 */
export function startLoad(url: string, { wholeStream }: { wholeStream: string }) {
  const over = new AbortController();
  const result: LoadResult = { answers: 0, lostOnKept: 0, lostOnNew: 0, refused: 0, problems: [] };

  async function run(isStream: boolean, isNewEach: boolean): Promise<void> {
    while (!over.signal.aborted) {
      const connection = await connect(url, wholeStream);
      if (connection === undefined) {
        result.refused += 1;
        continue;
      }
      for (let isFirst = true; !over.signal.aborted; isFirst = false) {
        const { end, text } = await connection.ask(isStream);
        if (end === "whole") result.answers += 1;
        else if (text !== "") result.problems.push(text.slice(0, 500));
        else if (isFirst) result.lostOnNew += 1;
        else result.lostOnKept += 1;
        if (isNewEach || end !== "whole" || /^connection: close\r$/im.test(text)) break;
        // One that was closed between two answers costs no request.
        if (connection.isClosed()) break;
      }
      connection.leave();
    }
  }
  const clients = Array.from({ length: CLIENTS }, (_, n) => run(n % 4 < 2, n % 2 === 1));
  return {
    result,
    async end(): Promise<LoadResult> {
      over.abort();
      await Promise.all(clients);
      return result;
    },
  };
}

/** A connection on which one answer is read at a time; undefined where it is refused. */
async function connect(url: string, wholeStream: string) {
  const { hostname, port } = new URL(url);
  const state = { text: "", isClosed: false, changed: Promise.withResolvers<void>() };
  function change(): void {
    state.changed.resolve();
    state.changed = Promise.withResolvers();
  }
  function close(): void {
    state.isClosed = true;
    change();
  }
  const handlers = {
    data(_socket: unknown, bytes: Buffer) {
      state.text += bytes.toString("latin1");
      change();
    },
    end: close,
    error: close,
    close,
  };
  const isStreamIn = (text: string) => bodyOf(text).startsWith(wholeStream);
  const socket = await Bun.connect({ hostname, port: Number(port), socket: handlers }).catch(
    () => undefined,
  );
  if (socket === undefined) return undefined;
  return {
    isClosed: () => state.isClosed,
    leave: () => socket.terminate(),
    async ask(isStream: boolean): Promise<{ end: "whole" | "cut"; text: string }> {
      state.text = "";
      socket.write(postBytes(isStream ? STREAM : PLAIN));
      const end = isStream ? "\r\n0\r\n\r\n" : ANSWER;
      while (!state.text.endsWith(end) && !state.isClosed) await state.changed.promise;
      const { text } = state;
      const isRight = text.startsWith("HTTP/1.1 200 ") && (!isStream || isStreamIn(text));
      return { end: text.endsWith(end) && isRight ? "whole" : "cut", text };
    },
  };
}

/** The body, wherever its chunks begin and end. */
function bodyOf(text: string): string {
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  return body.replace(/(?:^|\r\n)[\da-f]+\r\n/g, "");
}
