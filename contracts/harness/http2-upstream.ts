import { createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { createCertificate } from "../../bench/certificate.ts";

/** An upstream that speaks HTTP/2 alone, and that a test answers by hand. */
export interface Http2Upstream extends AsyncDisposable {
  port: number;
  /** Its certificate, which is its own authority, as a PEM text. */
  authority: string;
  /** The next POST that has arrived; HEAD requests are answered at once. */
  next(): Promise<ServerHttp2Stream>;
  /** How many connections were opened, and how many POSTs arrived. */
  connections(): number;
  posts(): number;
}

/** Starts it on 127.0.0.1. */
export async function startHttp2Upstream(): Promise<Http2Upstream> {
  const { key, cert } = await createCertificate();
  const server = createSecureServer({ key, cert });
  const waiting: ServerHttp2Stream[] = [];
  let onArrival: (() => void) | undefined;
  const sessions: ServerHttp2Session[] = [];
  let posts = 0;
  server.on("session", (session) => sessions.push(session));
  server.on("request", ({ method }, response) => {
    const { stream } = response;
    // A client that resets its stream is no failure of the server.
    stream.on("error", () => {});
    if (method !== "POST") {
      stream.respond({ ":status": 204 }, { endStream: true });
      return;
    }
    posts += 1;
    stream.resume();
    stream.on("end", () => {
      waiting.push(stream);
      onArrival?.();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    port: address.port,
    authority: cert,
    async next() {
      while (true) {
        const stream = waiting.shift();
        if (stream !== undefined) return stream;
        await new Promise<void>((resolve) => (onArrival = resolve));
      }
    },
    connections: () => sessions.length,
    posts: () => posts,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<unknown>((resolve) => server.close(resolve));
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}
