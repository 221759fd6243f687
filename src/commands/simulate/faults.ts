import { beginning, errorChunk, inPieces, wholeBody } from "../explain/answer-pieces.ts";
import type { RecordedResponse, SimulatedResponse } from "./simulated-response.ts";

/** Models that fail live are named after how they fail: `fault/<name>?<setting>=<number>`. */
export const FAULT_PREFIX = "fault/";

/** What a fault spoils, and how. */
interface Spoiling {
  /** The healthy answer, a chunk for each event; a plain one is cut into pieces. */
  healthy: RecordedResponse;
  isStream: boolean;
  /** The number in the fault's name. */
  count: number;
  /** A number from the query, or this one, and never more than the limit. */
  setting: (name: "ms" | "mb", byDefault: number, limit: number) => number;
  /** Whether the very same model was asked for before. */
  isRepeated: boolean;
}

/** A way to fail that no recording can show. */
interface LiveFault {
  /** `N` in it stands for any number. */
  name: string;
  /** What it does, for the help. */
  does: string;
  answer: (spoiling: Spoiling) => SimulatedResponse;
}

/** Nothing lasts longer than this, 10 minutes; then the connection is reset. */
const LONGEST_MS = 600_000;

/** The number that stands for `N` in the name of a fault. */
const COUNT = /(?<=-)\d{1,6}(?=-events$)/;

const PROCESSING = ": OPENROUTER PROCESSING\n\n";
const PADDING = "\n         \n";
const COMMENT_GAP_MS = 1000;
const MEBIBYTE = 2 ** 20;

/** All live faults, in the order of the help. */
export const FAULTS: LiveFault[] = [
  {
    name: "hang",
    does: "takes the request and never answers; resets after ?ms=600000",
    answer: ({ healthy, setting }) => ({
      ...healthy,
      delayMs: setting("ms", LONGEST_MS, LONGEST_MS),
      isMute: true,
    }),
  },
  {
    name: "hang-after-N-events",
    does: "says N events, then nothing more; resets after ?ms=600000",
    answer: ({ healthy, count, setting }) => {
      const silence = { at: setting("ms", LONGEST_MS, LONGEST_MS), text: "" };
      const chunks = [...beginning(healthy, count), silence];
      return { ...healthy, chunks, timed: true, end: "reset" };
    },
  },
  {
    name: "reset-before-headers",
    does: "resets the connection in place of an answer",
    answer: ({ healthy }) => ({ ...healthy, isMute: true }),
  },
  {
    name: "reset-after-N-events",
    does: "resets the connection behind N events",
    answer: ({ healthy, count }) => ({
      ...healthy,
      chunks: beginning(healthy, count),
      end: "reset",
    }),
  },
  {
    name: "cut-after-N-events",
    does: "ends the answer behind N events, as if it were whole",
    answer: ({ healthy, count }) => ({ ...healthy, chunks: beginning(healthy, count) }),
  },
  {
    name: "error-after-N-events",
    does: "reports a 502 behind N events; a plain answer is the error alone",
    answer: ({ healthy, count, isStream }) => ({
      ...healthy,
      chunks: [
        ...(isStream ? beginning(healthy, count) : []),
        errorChunk(502, "Provider disconnected unexpectedly", isStream),
      ],
    }),
  },
  {
    name: "429-then-ok",
    does: "hides a 429 inside a 200 at first; asked for again, it is healthy. ?run=2 starts anew",
    answer: ({ healthy, isStream, isRepeated }) =>
      isRepeated
        ? healthy
        : { ...healthy, chunks: [errorChunk(429, "Rate limit exceeded", isStream)] },
  },
  {
    name: "slow-headers",
    does: "keeps the status line back for ?ms=5000",
    answer: ({ healthy, setting }) => ({
      ...healthy,
      delayMs: setting("ms", 5000, LONGEST_MS),
    }),
  },
  {
    name: "slow-tokens",
    does: "leaves ?ms=50 between two events",
    answer: ({ healthy, setting }) => {
      const gap = setting("ms", 50, LONGEST_MS / healthy.chunks.length);
      const chunks = healthy.chunks.map((chunk, index) => ({ ...chunk, at: index * gap }));
      return { ...healthy, chunks, timed: true };
    },
  },
  {
    name: "comments-forever",
    does: "only keeps alive, every second, and ends without an answer after ?ms=600000",
    answer: ({ healthy, isStream, setting }) => {
      const count = Math.ceil(setting("ms", LONGEST_MS, LONGEST_MS) / COMMENT_GAP_MS);
      const text = isStream ? PROCESSING : PADDING;
      const chunks = Array.from({ length: count }, (_, index) => ({
        at: index * COMMENT_GAP_MS,
        text,
      }));
      return { ...healthy, chunks, timed: true };
    },
  },
  {
    name: "gzip",
    does: "is healthy, and compressed whether that was asked for or not",
    answer: ({ healthy }) => {
      const bytes = Bun.gzipSync(wholeBody(healthy));
      const headers = [...healthy.headers, ["content-encoding", "gzip"] satisfies [string, string]];
      return { ...healthy, headers, chunks: [{ at: 0, base64: bytes.toBase64() }] };
    },
  },
  {
    name: "garbage",
    does: "says what is not JSON; a stream does so behind two events",
    answer: ({ healthy, isStream }) => {
      const garbage = { at: 0, text: isStream ? 'data: {"choices": [oops\n\n' : "{oops" };
      return { ...healthy, chunks: isStream ? [...beginning(healthy, 2), garbage] : [garbage] };
    },
  },
  {
    name: "huge-event",
    does: "is healthy, but its first event holds a field of ?mb=20, at most 64",
    answer: ({ healthy, setting }) => {
      const padding = "x".repeat(setting("mb", 20, 64) * MEBIBYTE);
      const text = wholeBody(healthy).toString();
      const huge = text.replace("{", `{"padding":"${padding}",`);
      return { ...healthy, chunks: [{ at: 0, text: huge }] };
    },
  },
  {
    name: "empty",
    does: "is a 200 without a body",
    answer: ({ healthy }) => ({ ...healthy, chunks: [] }),
  },
];

/**
 * What a model's fault makes of a healthy answer; undefined where there is no such fault.
 * `isRepeated`: the model was asked for before.
 */
export function spoiledAnswer(
  model: string,
  recorded: RecordedResponse,
  isStream: boolean,
  isRepeated: boolean,
): SimulatedResponse | undefined {
  const [name = "", query = ""] = model.slice(FAULT_PREFIX.length).split("?", 2);
  const fault = FAULTS.find((candidate) => candidate.name === name.replace(COUNT, "N"));
  const settings = new URLSearchParams(query);
  return fault?.answer({
    healthy: inPieces(recorded, isStream),
    isStream,
    count: Number(COUNT.exec(name)?.[0] ?? 0),
    setting(key, byDefault, limit) {
      const given = settings.get(key) ?? "";
      return Math.min(/^\d{1,9}$/.test(given) ? Number(given) : byDefault, limit);
    },
    isRepeated,
  });
}
