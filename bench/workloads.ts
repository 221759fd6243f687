import type { Answer } from "./answers.ts";
import { STREAM_EVENTS } from "./chat-answers.ts";
import { FAILURE_NAMES } from "./failures.ts";
import type { FigureName } from "./figures.ts";
import type { Pace } from "./load.ts";

/** What all contenders are put through. */
export interface Workload {
  /** By which `--only` chooses it. */
  id: string;
  /** For the report. */
  name: string;
  /** The requests ask for these in turn. */
  answers: Answer[];
  load: Pace | KeptStreams;
  /** What is measured of it, the most important first. */
  figures: FigureName[];
  /** What the processor time is counted for: so many requests, of so many items each. */
  unit?: { name: string; items: number; itemsPerRequest: number };
  /** The most rounds of it, where one takes long. */
  mostRounds?: number;
  /** Whether slow contenders take part, for a single round. */
  isForSlow?: boolean;
}

/** So many streams that are all open at once, as far as the machine goes. */
export interface KeptStreams {
  streams: number;
  /** At which rate they are opened. */
  perSecond: number;
}

const REQUESTS = { name: "1,000 requests", items: 1000, itemsPerRequest: 1 };
const EVENTS = { name: "100,000 events", items: 100_000, itemsPerRequest: STREAM_EVENTS.length };
const COST: FigureName[] = ["cpu", "pace"];
const ANSWER_TIME: FigureName[] = ["answerP50", "answerP99"];
const SECONDS = 1.5;

/** All workloads. What is not a stream comes first as fast as it goes, then at a modest rate. */
export const WORKLOADS: Workload[] = [
  {
    id: "small",
    name: "Small JSON, 32 at once",
    isForSlow: true,
    answers: ["plain"],
    load: { concurrency: 32, seconds: SECONDS },
    figures: COST,
    unit: REQUESTS,
  },
  {
    id: "small-rate",
    name: "Small JSON, 100 per second",
    isForSlow: true,
    answers: ["plain"],
    load: { perSecond: 100, requests: 200 },
    figures: ANSWER_TIME,
  },
  {
    id: "large",
    name: "1 MB JSON, 8 at once",
    answers: ["large"],
    load: { concurrency: 8, seconds: SECONDS },
    figures: COST,
    unit: REQUESTS,
  },
  {
    id: "large-rate",
    name: "1 MB JSON, 20 per second",
    answers: ["large"],
    load: { perSecond: 20, requests: 40 },
    figures: ANSWER_TIME,
    mostRounds: 1,
  },
  {
    id: "images",
    name: "Requests with 5 MB of images, 4 at once",
    answers: ["images"],
    load: { concurrency: 4, seconds: SECONDS },
    figures: COST,
    unit: REQUESTS,
  },
  {
    id: "images-rate",
    name: "Requests with 5 MB of images, 5 per second",
    answers: ["images"],
    load: { perSecond: 5, requests: 15 },
    figures: ANSWER_TIME,
    mostRounds: 1,
  },
  {
    id: "burst",
    name: "Streams of 100 events at full speed, 20 at once",
    isForSlow: true,
    answers: ["burst"],
    load: { concurrency: 20, seconds: SECONDS },
    figures: COST,
    unit: EVENTS,
  },
  {
    id: "events",
    name: "Streams of 100 events, each read by itself (5 ms), 100 at once",
    answers: ["events"],
    load: { concurrency: 100, seconds: SECONDS },
    figures: COST,
    unit: EVENTS,
  },
  {
    id: "paced",
    name: "500 paced streams of 100 events (50 ms)",
    answers: ["paced"],
    load: { perSecond: 250, requests: 500 },
    figures: ["cpu", "firstTextP50", "firstTextP99"],
    unit: EVENTS,
    mostRounds: 2,
  },
  {
    id: "failing",
    name: "5 % failing upstream, JSON and streams, 16 at once",
    isForSlow: true,
    answers: mixWithFailures(),
    load: { concurrency: 16, seconds: SECONDS },
    figures: COST,
    unit: REQUESTS,
  },
  {
    id: "held",
    name: "2,000 held streams (nothing but comments)",
    answers: ["comments"],
    load: { streams: 2000, perSecond: 500 },
    figures: ["memory"],
    mostRounds: 1,
  },
  {
    id: "open",
    name: "10,000 open streams, as far as the machine goes",
    answers: ["open"],
    load: { streams: 10_000, perSecond: 800 },
    figures: ["memory", "streams"],
    mostRounds: 1,
  },
];

/** The same workload, with this share of its seconds, requests and streams. */
export function scaleWorkload(workload: Workload, share: number): Workload {
  const { load } = workload;
  const part = (count: number) => Math.max(1, Math.round(count * share));
  if ("streams" in load) return { ...workload, load: { ...load, streams: part(load.streams) } };
  if ("perSecond" in load) {
    return { ...workload, load: { ...load, requests: part(load.requests) } };
  }
  return { ...workload, load: { ...load, seconds: SECONDS * share } };
}

/** 100 requests: each failure once, and between them JSON and streams by turns. */
function mixWithFailures(): Answer[] {
  const distance = 100 / FAILURE_NAMES.length;
  return FAILURE_NAMES.flatMap((failure) => {
    const good = Array.from({ length: distance - 1 }, (_, index): Answer =>
      index % 2 === 0 ? "plain" : "burst",
    );
    return [...good, failure];
  });
}
