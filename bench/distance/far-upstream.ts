/**
 * Stands in for OpenRouter behind TLS, in a process of its own: `far-upstream.ts CERTIFICATE` writes
 * its certificate to that file. Every POST gets a short stream at once. The address that it prints
 * is its control: `/open/60` answers with the port of a new relay that is 60 ms away, and
 * `/connections/PORT` with how many connections that relay has seen.
 */
import { createCertificate } from "../certificate.ts";
import { SHORT_STREAM } from "../chat-answers.ts";
import { type Relay, startRelay } from "./relay.ts";

const [certificateFile] = process.argv.slice(2);
if (certificateFile === undefined) throw new Error("Which file does the certificate go to?");

const { key, cert } = await createCertificate();
await Bun.write(certificateFile, cert);

const text = SHORT_STREAM.beginning + SHORT_STREAM.end;
const upstream = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  // A slow turn of another client must not close Candor's connection.
  idleTimeout: 255,
  tls: { key, cert },
  fetch: ({ method }) => (method === "POST" ? eventStream() : new Response()),
});
const relays = new Map<number, Relay>();
const control = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/open/:roundTripMs": async ({ params }) => {
      const relay = await startRelay(Number(upstream.port), Number(params.roundTripMs));
      relays.set(relay.port, relay);
      return new Response(String(relay.port));
    },
    "/connections/:port": ({ params }) =>
      new Response(String(relays.get(Number(params.port))?.connections())),
  },
});
console.log(control.url.origin);

function eventStream(): Response {
  const body = new ReadableStream<Uint8Array>({
    start(sink) {
      sink.enqueue(new TextEncoder().encode(text));
      sink.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
