/**
 * `bun contracts/chaos/http2-front.ts UPSTREAM_URL CERTIFICATE KEY`: puts HTTP/2 in front of
 * an upstream that speaks HTTP/1.1. Where that breaks a connection, the stream here is reset. Prints its
 * address.
 */
import { type IncomingMessage, request } from "node:http";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";

const [upstreamUrl = "", certificate = "", keyFile = ""] = process.argv.slice(2);

/** Header fields of one connection, which HTTP/2 does not have (RFC 9113 §8.2.2). */
const HOP_FIELDS = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

const [cert, key] = await Promise.all([Bun.file(certificate).text(), Bun.file(keyFile).text()]);
// A client that leaves resets its stream, and here hundreds leave: a server counts that as an attack,
// and ends the connection with all that are on it (CVE-2023-44487).
const server = createSecureServer({ key, cert, streamResetBurst: 1e9, streamResetRate: 1e9 });
server.on("request", ({ method, url, headers }, { stream }) => {
  const fields = Object.entries(headers).filter(([name]) => !name.startsWith(":"));
  const asked = request(upstreamUrl + url, { method, headers: Object.fromEntries(fields) });
  stream.on("error", () => asked.destroy());
  stream.on("close", () => asked.destroy());
  asked.on("error", () => reset(stream));
  asked.on("response", (answer) => passOn(answer, stream));
  stream.pipe(asked);
});
server.on("sessionError", () => {});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  console.log(`listening on http://127.0.0.1:${address.port}`);
});

function passOn(answer: IncomingMessage, stream: ServerHttp2Stream): void {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !HOP_FIELDS.includes(name)) fields[name] = value;
  }
  if (stream.destroyed) return void answer.destroy();
  stream.respond({ ":status": answer.statusCode ?? 502, ...fields });
  answer.on("error", () => reset(stream));
  answer.on("aborted", () => reset(stream));
  answer.on("end", () => (answer.complete ? stream.end() : reset(stream)));
  answer.pipe(stream, { end: false });
}

function reset(stream: ServerHttp2Stream): void {
  // Not by `close`: Bun's may end the stream before it resets it.
  stream.destroy(new Error("Upstream broke."));
}
