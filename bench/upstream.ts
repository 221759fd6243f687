/**
 * Stands in for OpenRouter, in a process of its own: `upstream.ts [PORT] [CERTIFICATE]`. With a file
 * to write its certificate to, it speaks HTTP/1.1 and HTTP/2 over TLS. Streams get one event per
 * write, and the writes of one stream lie some milliseconds apart, so that a proxy reads every event
 * on its own. Without the field that chooses an answer, which some gateways drop, `stream` in the
 * body does. A GET tells how many streams are open; one of `/release` ends them.
 */
import { type Answer, ANSWER_FIELD, receiptOf, UPSTREAM_PREFIX } from "./answers.ts";
import { type Certificate, createCertificate } from "./certificate.ts";
import { LARGE_ANSWER, PLAIN_ANSWER } from "./chat-answers.ts";
import { FAILURES, type FailureName, isFailureName } from "./failures.ts";
import {
  type Body,
  describeStreams,
  openBegun,
  openBurst,
  openComments,
  openEvents,
  openFlood,
  openPaced,
  openShort,
  releaseStreams,
} from "./upstream-streams.ts";

const JSON_TYPE = { "content-type": "application/json" };
const STREAM_TYPE = { "content-type": "text/event-stream" };

const [port = "0", certificateFile] = process.argv.slice(2);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port,
  idleTimeout: 255,
  fetch: answer,
  ...(certificateFile !== undefined && { tls: await certify(certificateFile), http2: true }),
});
console.log(server.url.origin + UPSTREAM_PREFIX);

function answer(request: Request): Response | Promise<Response> {
  if (request.method === "GET") return report(request.url);
  const wish = request.headers.get(ANSWER_FIELD) satisfies Answer | string | null;
  if (wish === null) return answerByBody(request);
  if (wish !== null && isFailureName(wish)) return fail(wish);
  switch (wish) {
    case "plain":
      return new Response(PLAIN_ANSWER, { headers: JSON_TYPE });
    case "large":
      return new Response(LARGE_ANSWER, { headers: JSON_TYPE });
    case "images":
      return acknowledge(request);
    case "short":
      return eventStream(openShort());
    case "events":
      return eventStream(openEvents());
    case "burst":
      return eventStream(openBurst());
    case "paced":
      return eventStream(openPaced());
    case "comments":
      return eventStream(openComments());
    case "open":
      return eventStream(openBegun());
    case "flood":
      return eventStream(openFlood());
    default:
      return new Response(`There is no answer "${wish}".`, { status: 404 });
  }
}

async function certify(file: string): Promise<Certificate> {
  const certificate = await createCertificate();
  await Bun.write(file, certificate.cert);
  return certificate;
}

async function answerByBody(request: Request): Promise<Response> {
  const isStream = /"stream": ?true/.test(await request.text());
  return isStream ? eventStream(openBurst()) : new Response(PLAIN_ANSWER, { headers: JSON_TYPE });
}

function report(url: string): Response {
  if (url.endsWith("/release")) releaseStreams();
  return Response.json(describeStreams());
}

async function acknowledge(request: Request): Promise<Response> {
  return new Response(receiptOf(Buffer.from(await request.arrayBuffer())), { headers: JSON_TYPE });
}

function eventStream(body: Body): Response {
  return new Response(body, { headers: STREAM_TYPE });
}

function fail(name: FailureName): Response {
  const { status, isStream, body } = FAILURES[name];
  return new Response(body, { status, headers: isStream ? STREAM_TYPE : JSON_TYPE });
}
