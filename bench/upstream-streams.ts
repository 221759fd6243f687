import { SHORT_STREAM, STREAM_EVENTS } from "./chat-answers.ts";
import { createWheel } from "./wheel.ts";

/** The body of an event stream. */
export type Body = ReadableStream<Uint8Array>;

type Sink = ReadableStreamDefaultController<Uint8Array>;

/** A stream under way, and the index of its next event. */
interface EventStream {
  sink: Sink;
  next: number;
}

/** A stream that says nothing but comments, and what it says when it may end. */
interface KeptStream {
  sink: Sink;
  end: string;
}

const FLOOD_BYTES = 500_000_000;
const FLOOD_CHUNK_BYTES = 65_536;

const encoder = new TextEncoder();
const encodedEvents = STREAM_EVENTS.map((event) => encoder.encode(event));
const comment = encoder.encode(": OPENROUTER PROCESSING\n\n");
const eventText = STREAM_EVENTS[1] ?? "";
const floodChunk = encoder.encode(
  eventText.repeat(Math.ceil(FLOOD_CHUNK_BYTES / eventText.length)),
);

/** One event of each stream every 5 ms, or every 50 ms. */
const quick = createWheel<EventStream>(5, 1, (stream) => writeEvent(stream, quick.remove));
const paced = createWheel<EventStream>(10, 5, (stream) => writeEvent(stream, paced.remove));
/** A comment every 250 ms for those that have said nothing, every 5 s for those that have begun. */
const silent = createWheel<KeptStream>(1, 250, ({ sink }) => sink.enqueue(comment));
const begun = createWheel<KeptStream>(100, 50, ({ sink }) => sink.enqueue(comment));
let floodedBytes = 0;

/** What is open, and how much the last flood has carried. */
export function describeStreams(): { open: number; floodedBytes: number } {
  return { open: silent.size() + begun.size(), floodedBytes };
}

/** Ends the streams that were kept open. */
export function releaseStreams(): void {
  for (const { sink, end } of [...silent.empty(), ...begun.empty()]) {
    sink.enqueue(encoder.encode(end));
    sink.close();
  }
}

/** An event every 5 ms; the streams have their turns one after the other. */
export function openEvents(): Body {
  return openOn((sink) => {
    const stream = { sink, next: 0 };
    quick.addEvenly(stream);
    return () => quick.remove(stream);
  });
}

/** An event every 50 ms, the first of them after 50 ms. */
export function openPaced(): Body {
  return openOn((sink) => {
    const stream = { sink, next: 0 };
    paced.add(stream);
    return () => paced.remove(stream);
  });
}

/** One text and the end, at once. */
export function openShort(): Body {
  return openOn((sink) => {
    sink.enqueue(encoder.encode(SHORT_STREAM.beginning + SHORT_STREAM.end));
    sink.close();
    return () => {};
  });
}

/** Comments only, until the streams are released. */
export function openComments(): Body {
  return openOn((sink) => {
    sink.enqueue(comment);
    const stream = { sink, end: SHORT_STREAM.beginning + SHORT_STREAM.end };
    silent.add(stream);
    return () => silent.remove(stream);
  });
}

/** A first text, then comments only, until the streams are released. */
export function openBegun(): Body {
  return openOn((sink) => {
    sink.enqueue(encoder.encode(SHORT_STREAM.beginning));
    const stream = { sink, end: SHORT_STREAM.end };
    begun.add(stream);
    return () => begun.remove(stream);
  });
}

/** Events as fast as they are taken, each in a chunk of its own. */
export function openBurst(): Body {
  let next = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const event = encodedEvents[next++];
      if (event === undefined) controller.close();
      else controller.enqueue(event);
    },
  });
}

/** Large chunks of events as fast as they are taken. */
export function openFlood(): Body {
  floodedBytes = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(floodChunk);
      floodedBytes += floodChunk.length;
      if (floodedBytes >= FLOOD_BYTES) controller.close();
    },
  });
}

/** A stream that others write to; `open` gives back what to do when the reader leaves. */
function openOn(open: (sink: Sink) => () => void): Body {
  let leave: (() => void) | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      leave = open(controller);
    },
    cancel() {
      leave?.();
    },
  });
}

function writeEvent(stream: EventStream, remove: (stream: EventStream) => void): void {
  const event = encodedEvents[stream.next++];
  if (event !== undefined) stream.sink.enqueue(event);
  if (stream.next < encodedEvents.length) return;
  remove(stream);
  stream.sink.close();
}
