import fc from "fast-check";
import { type Candor, startCandor } from "../harness/candor.ts";
import { alikeChats, alikeStreams, knownEventsAgree } from "./alike.ts";
import { anyAnswer, answerIsWellFormed, label, streamGoesOutAsJudged } from "./answers.ts";
import { eventStream, mutatedRecording, sent, streamRubble } from "./bytes.ts";
import {
  answerHeaderLines,
  answerHeadersAreKeptApart,
  type HeaderLine,
  headerLines,
  headersAreKeptApart,
} from "./headers.ts";
import { anyJson, completion, errorBody } from "./json.ts";
import { bodyPassesWholeOrNot, requestBody } from "./requests.ts";
import {
  jsonVerdictsAgree,
  limitedReadingsAgree,
  readingsAgree,
  streamVerdictsAgree,
} from "./verdicts.ts";
import { CHAT } from "../harness/ways.ts";

/** How often a promise is put to the test, and from which seed on. */
export interface Runs {
  seed?: number;
  numRuns: number;
}

/** A promise that holds for every input. */
export interface FuzzProperty {
  /** The promise, as the name of a test. */
  name: string;
  /** How many runs take about as long as one of the fastest property's. */
  cost: number;
  /** Rejects with the seed and the smallest counterexample, where there is one. */
  check(runs: Runs): Promise<void>;
}

const anyBytes = sent(fc.uint8Array({ maxLength: 100 }));
const padding = fc.constantFrom(
  "",
  "",
  "\uFEFF",
  " \r\n",
  "\n\uFEFF",
  ": OPENROUTER\n\n",
  ":",
  "\0",
);
const json = fc
  .tuple(padding, fc.oneof(completion("message"), errorBody, anyJson))
  .map(([pad, value]) => Buffer.from(pad + JSON.stringify(value)));

/** Promises about the pure core, and about the application with upstream in the same process. */
export const PURE_PROPERTIES: FuzzProperty[] = [
  property("any event stream is judged as the reference judges it", 10, () =>
    fc.property(sent(eventStream), streamVerdictsAgree),
  ),
  property("a damaged recording of a stream is judged as the reference judges it", 3, () =>
    fc.property(sent(mutatedRecording(true)), streamVerdictsAgree),
  ),
  property("arbitrary bytes, read as an event stream, are judged as the reference does", 1, () =>
    fc.property(fc.oneof(anyBytes, sent(streamRubble)), streamVerdictsAgree),
  ),
  property("a stream of events that are alike is judged as the reference judges it", 10, () =>
    fc.property(sent(alikeChats), streamVerdictsAgree),
  ),
  property("an event that is like the one before is judged as if it was read", 10, () =>
    fc.property(alikeStreams, sent(fc.constant(new Uint8Array())), knownEventsAgree),
  ),
  property("the events and bytes of any stream are those that eventsource-parser reads", 1, () =>
    fc.property(sent(fc.oneof(streamRubble, eventStream)), readingsAgree),
  ),
  property("a limit on the size of an event makes no split matter", 4, () =>
    fc.property(sent(eventStream), fc.nat(300), limitedReadingsAgree),
  ),
  property("any plain answer is judged as the reference judges it", 2, () =>
    fc.property(json, fc.boolean(), jsonVerdictsAgree),
  ),
  property("a damaged recording of an answer is judged as the reference judges it", 1, () =>
    fc.property(mutatedRecording(false), fc.boolean(), jsonVerdictsAgree),
  ),
  property(
    "any event stream, whatever its label, goes out of the application as the reference has it",
    15,
    () => {
      const bytes = fc.oneof(eventStream, mutatedRecording(true));
      return fc.asyncProperty(sent(bytes), label, streamGoesOutAsJudged);
    },
  ),
  property("whatever upstream answers, an error has OpenAI's form and a true status", 15, () =>
    fc.asyncProperty(anyAnswer(sent), fc.boolean(), answerIsWellFormed),
  ),
];

/** Promises about a running Candor, whose upstream answers with the header lines it is given. */
export function socketProperties(candor: Candor, answerWith: AnswerWith): FuzzProperty[] {
  return [
    property("any request body is refused with a 4xx or reaches upstream byte for byte", 10, () =>
      fc.asyncProperty(requestBody, (body) => bodyPassesWholeOrNot(candor, body)),
    ),
    property("no header fields of a request reach upstream but the listed ones", 20, () =>
      fc.asyncProperty(headerLines, (lines) => headersAreKeptApart(candor, lines)),
    ),
    property("no header fields of an answer split it, or reach the client unasked", 20, () =>
      fc.asyncProperty(answerHeaderLines, async (lines) => {
        answerWith(lines);
        await answerHeadersAreKeptApart(candor, lines).finally(() => answerWith([]));
      }),
    ),
  ];
}

/** Sets the header lines that upstream adds to its answers from now on. */
export type AnswerWith = (lines: HeaderLine[]) => void;

/** A Candor whose upstream answers healthily, with whatever header lines it is given. */
export function startFuzzedCandor(): { candor: Candor; answerWith: AnswerWith } {
  let added: [name: string, value: string][] = [];
  const healthy = CHAT.get("200-success")?.response;
  const candor = startCandor({
    answer: () => healthy && { ...healthy, headers: [...healthy.headers, ...added] },
  });
  const answerWith: AnswerWith = (lines) => {
    added = lines.map(({ name, value }) => [name, value]);
  };
  return { candor, answerWith };
}

function property<Input>(
  name: string,
  cost: number,
  create: () => fc.IRawProperty<Input>,
): FuzzProperty {
  return {
    name,
    cost,
    async check(runs) {
      const details = await fc.check(create(), runs);
      if (details.failed) throw new Error(describeCase(details));
    },
  };
}

/** What failed, with bytes as text, and how to see it again. */
function describeCase<Input>(details: fc.RunDetails<Input>): string {
  const { seed, counterexample, counterexamplePath, numRuns, errorInstance } = details;
  const input = JSON.stringify(counterexample, (_key, value: unknown) => readable(value));
  const cause = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `After ${numRuns} runs, seed ${seed}, path ${counterexamplePath}: ${input}\n${cause}`;
}

/** Bytes as text; what `toJSON` of a buffer made of them, too. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== "object" || value === null || !("type" in value)) return value;
  const data = value.type === "Buffer" && "data" in value ? value.data : undefined;
  return Array.isArray(data) ? Buffer.from(data).toString() : value;
}
