/**
 * Stands in for OpenRouter, in a process of its own. Streams get one event per write, and the
 * writes of one stream lie some milliseconds apart, so that a proxy reads every event on its own.
 */
import {
  PLAIN_ANSWER,
  STREAM_EVENTS,
  UPSTREAM_PREFIX,
  type Workload,
  WORKLOAD_FIELD,
} from "./workloads.ts";

type Sink = ReadableStreamDefaultController<Uint8Array>;

/** Each stream gets an event in one phase of every round; a phase takes a millisecond. */
const PHASES = 5;
const COMMENT_MS = 250;
const FLOOD_BYTES = 500_000_000;
const FLOOD_CHUNK_BYTES = 65_536;

const encoder = new TextEncoder();
const encodedEvents = STREAM_EVENTS.map((event) => encoder.encode(event));
const comment = encoder.encode(": OPENROUTER PROCESSING\n\n");
const eventText = STREAM_EVENTS[1] ?? "";
const floodChunk = encoder.encode(
  eventText.repeat(Math.ceil(FLOOD_CHUNK_BYTES / eventText.length)),
);

/** The streams under way, with the index of their next event. */
const eventStreams = Array.from({ length: PHASES }, () => new Map<Sink, number>());
const commentStreams = new Set<Sink>();
let phase = 0;
let opened = 0;
let floodedBytes = 0;

const server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 255, fetch: answer });
setInterval(writeEvents, 1);
setInterval(() => {
  for (const sink of commentStreams) sink.enqueue(comment);
}, COMMENT_MS);
console.log(server.url.origin + UPSTREAM_PREFIX);

function answer(request: Request): Response {
  if (request.method === "GET") return Response.json({ open: commentStreams.size, floodedBytes });
  switch (request.headers.get(WORKLOAD_FIELD) satisfies Workload | string | null) {
    case "plain":
      return new Response(PLAIN_ANSWER, { headers: { "content-type": "application/json" } });
    case "events":
      return eventStream(openEventStream());
    case "comments":
      return eventStream(openCommentStream());
    default:
      return eventStream(openFlood());
  }
}

function eventStream(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

function openEventStream(): ReadableStream<Uint8Array> {
  const streams = eventStreams[opened++ % PHASES];
  let sink: Sink | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      sink = controller;
      streams?.set(controller, 0);
    },
    cancel() {
      if (sink !== undefined) streams?.delete(sink);
    },
  });
}

/** Writes the next event of every stream whose turn it is. */
function writeEvents(): void {
  const streams = eventStreams[phase++ % PHASES];
  if (streams === undefined) return;
  for (const [sink, index] of streams) {
    const event = encodedEvents[index];
    if (event !== undefined) sink.enqueue(event);
    streams.set(sink, index + 1);
    if (index + 1 < encodedEvents.length) continue;
    streams.delete(sink);
    sink.close();
  }
}

function openCommentStream(): ReadableStream<Uint8Array> {
  let sink: Sink | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      sink = controller;
      controller.enqueue(comment);
      commentStreams.add(controller);
    },
    cancel() {
      if (sink !== undefined) commentStreams.delete(sink);
    },
  });
}

/** Events as fast as they are taken. */
function openFlood(): ReadableStream<Uint8Array> {
  floodedBytes = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(floodChunk);
      floodedBytes += floodChunk.length;
      if (floodedBytes >= FLOOD_BYTES) controller.close();
    },
  });
}
