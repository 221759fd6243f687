import { expect } from "bun:test";
import fc from "fast-check";
import type { Dialect } from "../../src/core/dialect.ts";
import { NAMED } from "../../src/core/dialects/named.ts";
import { other } from "../../src/core/dialects/other.ts";
import { cutFault } from "../../src/core/fault.ts";
import { StreamJudge } from "../../src/core/stream-judge.ts";
import { chunksOf, type SentBody } from "./bytes.ts";

/** What may stand where the text of an event stands, as it is in the bytes: most of it is JSON. */
const rawText = fc.oneof(
  { arbitrary: fc.constantFrom("Hi", " there", "é", "你好", "\u{1f600}", "a b c"), weight: 12 },
  {
    arbitrary: fc.constantFrom("", " ", "\\n", '\\"', "\\\\", "\\u00e9", "\\/", "\uFFFD", "\x7f"),
    weight: 4,
  },
  { arbitrary: fc.constantFrom("\\", '"', "\\x", "\\u12", "\u0001", "\t"), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      '","error":{"code":429,"message":"Slow down"},"a":"',
      '"},"finish_reason":"stop","x":{"text":"',
      '"}}],"usage":{"completion_tokens":3},"x":[{"y":{"z":"',
      "\n\ndata: [DONE]\n\ndata: ",
      "\ndata: ",
      "\n: hold on\ndata: ",
    ),
    weight: 1,
  },
);

/** What differs between two events of a stream. */
interface Slots {
  raw: string;
  number: number;
  /** Which event of a few it is. */
  kind: number;
}

/** Mostly of one kind, which is most often the first. */
const slots: fc.Arbitrary<Slots[]> = fc
  .oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.nat(5))
  .chain((usual) =>
    fc.array(
      fc.record({
        raw: rawText,
        number: fc.nat(20),
        kind: fc.oneof({ arbitrary: fc.constant(usual), weight: 8 }, fc.nat(5)),
      }),
      { minLength: 2, maxLength: 12 },
    ),
  );

type Writer = (slots: Slots) => string;

const chatEvent: Writer = ({ raw, number, kind }) => {
  const finish = kind === 1 ? '"stop"' : "null";
  const index = kind === 2 ? 1 : 0;
  const more = ["", "", "", ',"usage":{"completion_tokens":3}', ',"error":null', ',"a":"\\\\"'];
  const delta = `{"content":"${raw}","reasoning":""}`;
  const choice = `{"index":${index},"delta":${delta},"finish_reason":${finish}}`;
  return `data: {"id":"gen-1","created":${number},"choices":[${choice}]${more[kind] ?? ""}}\n\n`;
};

const completionEvent: Writer = (of) => chatEvent(of).replace('"delta":{"content":', '"text":');

const responseEvent: Writer = ({ raw, number, kind }) => {
  const kinds = ["output_text.delta", "completed", "output_item.added", "created", "failed", "x"];
  const type = `response.${kinds[kind] ?? ""}`;
  const data = `{"type":"${type}","sequence_number":${number},"delta":"${raw}","logprobs":[]}`;
  return `event: ${type}\ndata: ${data}\n\n`;
};

const messageEvent: Writer = ({ raw, kind }) => {
  const types = ["content_block_delta", "message_delta", "message_stop", "ping", "error", "x"];
  const type = types[kind] ?? "";
  const delta = `{"type":"text_delta","text":"${raw}"}`;
  return `event: ${type}\ndata: {"type":"${type}","index":0,"delta":${delta}}\n\n`;
};

const WRITERS: Record<string, Writer> = {
  "/completions": completionEvent,
  "/responses": responseEvent,
  "/messages": messageEvent,
};

/** Streams of events that differ in a text, or in little else. */
export const alikeStreams = fc.record({
  dialect: fc.constantFrom<Dialect>(...NAMED, other),
  events: slots,
  ending: fc.constantFrom("", "data: [DONE]\n\n", 'data: {"error":{"code":500}}\n\n', "data: {"),
});

/** The same as bytes: those of a chat, for the reference. */
export const alikeChats: fc.Arbitrary<Uint8Array> = alikeStreams.map(({ events, ending }) =>
  Buffer.from(events.map(chatEvent).join("") + ending),
);

/** An event that the judge leaves out, and behind which it knows no other again. */
const HEARTBEAT = "data:\n\n";

/**
 * Judged as a stream of its own events, and with heartbeats between them, behind which the judge
 * reads each event, a stream comes to the same.
 */
export function knownEventsAgree(
  { dialect, events, ending }: typeof alikeStreams extends fc.Arbitrary<infer One> ? One : never,
  { splits, isCut }: Pick<SentBody, "splits" | "isCut">,
): void {
  const write = WRITERS[dialect.path] ?? chatEvent;
  const written = events.map(write);
  const bytes = Buffer.from(written.join("") + ending);
  const apart = Buffer.from(written.join(HEARTBEAT) + HEARTBEAT + ending);
  expect(judged(dialect, { bytes, splits, isCut })).toEqual(
    judged(dialect, { bytes: apart, splits: [], isCut }),
  );
}

function judged(dialect: Dialect, body: SentBody) {
  const judge = new StreamJudge(dialect, { maxEventBytes: 1e6 });
  const relayed: Uint8Array[] = [];
  const take = ({ bytes, ending }: ReturnType<StreamJudge["feed"]>) => {
    relayed.push(...bytes);
    return ending;
  };
  let ending = undefined;
  for (const chunk of chunksOf(body)) if ((ending ??= take(judge.feed(chunk))) !== undefined) break;
  ending ??= take(judge.end(body.isCut ? cutFault() : undefined));
  const { isDecided, isWhole, context } = judge;
  return { text: Buffer.concat(relayed).toString(), ending, isDecided, isWhole, context };
}
