import { mkdirSync, readdirSync, statSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Recording } from "../recordings/recording.ts";
import { privateBody } from "./private-body.ts";
import type { ExchangeRecord, RecordSink } from "./record.ts";
import { masked, redactResponse } from "./recording-redaction.ts";
import { type Tapped, tapResponse } from "./response-tap.ts";
import { upstreamFailure } from "./upstream-failure.ts";

/** Writes exchanges that failed, or ended untruthfully, as recordings that the contracts accept. */
export interface Capture {
  sink: RecordSink;
  /** Copies what is read of upstream's response. What comes back is to be read in its place. */
  tap(record: ExchangeRecord, asked: AskedOfUpstream, upstream: Response): Response;
  /** Writes one that is kept still; resolves to its path, or to undefined where it cannot be. */
  save(record: ExchangeRecord): Promise<string | undefined>;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
}

/** The request as upstream gets it; `path` is the one behind upstream's base URL. */
export interface AskedOfUpstream {
  method: string;
  path: string;
  body: string;
}

/** What a capture is made with. */
export interface CaptureSettings {
  folder: string;
  version: string;
  /** Keys that are held; nothing that is written holds one. */
  keys: string[];
  mostFiles?: number;
  mostBytes?: number;
  /** Told in a sentence when something cannot be written, or no more may be. */
  onProblem: (message: string) => void;
}

const MOST_FILES = 200;
const MOST_BYTES = 64 * 2 ** 20;

/** The largest answer that is captured, and how much is kept of all that are open. */
const LARGEST_ANSWER = 2 ** 20;
const MOST_IN_MEMORY = 64 * 2 ** 20;

/** How many answers are kept for `save`. */
const MOST_KEPT = 16;

interface Kept {
  asked: AskedOfUpstream;
  tapped: Tapped;
}

/** Creates the capture. Throws where the folder cannot be made. */
export function createCapture(settings: CaptureSettings): Capture {
  const { folder, mostFiles = MOST_FILES, mostBytes = MOST_BYTES, onProblem } = settings;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const used = usedIn(folder);
  const kept = new Map<ExchangeRecord, Kept>();
  const writing = new Set<Promise<unknown>>();
  const budget = { left: MOST_IN_MEMORY };
  let hasToldFull = false;

  async function write(record: ExchangeRecord): Promise<string | undefined> {
    const found = kept.get(record);
    if (found === undefined || found.tapped.isTooLarge()) return undefined;
    const text = `${JSON.stringify(recordingOf(record, found, settings), null, 2)}\n`;
    if (used.files >= mostFiles || used.bytes + text.length > mostBytes) return tellFull();
    used.files += 1;
    used.bytes += text.length;
    const path = join(folder, nameOf(record, found.asked.path));
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Whoever reads the folder never sees half a recording.
      await writeFile(`${path}.part`, text, { mode: 0o600 });
      await rename(`${path}.part`, path);
      return path;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "no code";
      onProblem(`Capture: ${path} could not be written (${code}).`);
      return undefined;
    }
  }
  /** Of those that are over, the latest are kept for `save`. */
  function forgetOld(): void {
    for (const [old, { tapped }] of kept) {
      if (kept.size <= MOST_KEPT) return;
      if (old.state !== "over") continue;
      tapped.forget();
      kept.delete(old);
    }
  }
  function tellFull(): undefined {
    if (!hasToldFull)
      onProblem(`Capture: ${folder} is full (${used.files} files); no more is written.`);
    hasToldFull = true;
  }
  return {
    tap(record, asked, upstream) {
      const tapped = tapResponse(upstream, LARGEST_ANSWER, budget);
      kept.set(record, { asked, tapped });
      forgetOld();
      return tapped.response;
    },
    sink: {
      end(record) {
        if (!isWorthCapturing(record)) return;
        const done = write(record);
        writing.add(done);
        void done.finally(() => writing.delete(done));
      },
    },
    save: write,
    async settled() {
      await Promise.all(writing);
    },
  };
}

/** Failures that upstream hid, tails that were lost, and bugs: what a contract should exist for. */
function isWorthCapturing(record: ExchangeRecord): boolean {
  const { outcome } = record;
  return upstreamFailure(record) === "hidden" || outcome === "tail-lost" || outcome === "bug";
}

function recordingOf(
  record: ExchangeRecord,
  { asked, tapped }: Kept,
  { keys, version }: CaptureSettings,
): Recording {
  const { rule, trueStatus, outcome } = record;
  const verdict = rule === undefined ? (outcome ?? "") : `${rule}, true status ${trueStatus}`;
  return {
    origin: {
      kind: "recorded",
      at: new Date(record.at).toISOString(),
      note: `recorded by candor ${version} --capture: ${verdict}`,
    },
    request: {
      method: asked.method,
      path: masked(asked.path, keys),
      headers: [["content-type", "application/json"]],
      body: masked(privateBody(asked.body), keys),
    },
    response: redactResponse(tapped.raw, keys),
  };
}

/** `chat-completions/2026-11-29t20-15-03-error-in-event-0a1b2c3d.json`: no part is chosen by others. */
function nameOf({ at, rule, outcome }: ExchangeRecord, path: string): string {
  const endpoint = wordOf(path) || "other";
  const time = wordOf(new Date(at).toISOString().slice(0, 19));
  const id = crypto.randomUUID().slice(0, 8);
  return join(endpoint, `${time}-${wordOf(rule ?? outcome ?? "")}-${id}.json`);
}

function wordOf(text: string): string {
  const word =
    text
      .split("?")[0]
      ?.toLowerCase()
      .replace(/[^a-z0-9]+/g, "-") ?? "";
  return word.replace(/^-|-$/g, "").slice(0, 60);
}

function usedIn(folder: string): { files: number; bytes: number } {
  const files = readdirSync(folder, { recursive: true }).map(String);
  const recordings = files.filter((file) => file.endsWith(".json"));
  const bytes = recordings.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  return { files: recordings.length, bytes };
}
