/**
 * `bun run bench:hostile [--only WORDS]`: what hostile bodies, streams and heads cost the compiled
 * binary, against their size, and how long an innocent client waits meanwhile. On Linux.
 */
import { markdownTable } from "../../statistics.ts";
import { PAYLOADS } from "./attacker.ts";
import { type Figures, startArena } from "./measure.ts";
import type { Payload } from "./payload.ts";
import { readOptions } from "../../read-options.ts";

const BINARY = new URL("../../../dist/candor", import.meta.url).pathname;
const MB = 1_000_000;
const KB = 1000;

/** The sizes of each kind, up to what is allowed; heads end where the platform refuses them. */
const SIZES: Record<Payload["side"], number[]> = {
  request: [1 * MB, 2 * MB, 4 * MB, 8 * MB, 32 * MB],
  answer: [1 * MB, 2 * MB, 4 * MB, 8 * MB, 32 * MB],
  stream: [1 * MB, 2 * MB, 4 * MB, 8 * MB, 16 * MB],
  head: [8 * KB, 32 * KB, 128 * KB, 512 * KB, 2 * MB],
};

const USAGE = `bun run bench:hostile [options]
  --only WORDS   only attacks with these words in their name`;

const values = readOptions(USAGE, { only: { type: "string", default: "" } });
const chosen = PAYLOADS.filter(({ name, side }) => `${side} ${name}`.includes(values.only));
console.log(
  "Each cell: status · processor time · peak of resident memory · an innocent's longest wait",
);
for (const side of ["request", "answer", "stream", "head"] as const) {
  const rows: string[][] = [];
  for (const payload of chosen.filter((one) => one.side === side))
    rows.push(await measure(payload));
  if (rows.length === 0) continue;
  console.log(markdownTable([[side, ...SIZES[side].map(describeSize)], ...rows]));
}
process.exit(0);

async function measure(payload: Payload): Promise<string[]> {
  await using arena = await startArena([BINARY]);
  const cells: string[] = [];
  for (const size of SIZES[payload.side]) cells.push(describe(await arena.attack(payload, size)));
  console.error([payload.name, ...cells].join(" | "));
  return [payload.name, ...cells];
}

function describeSize(size: number): string {
  return size < MB ? `${size / KB} KB` : `${size / MB} MB`;
}

function describe({ status, cpuMs, peakBytes, longestWaitMs }: Figures): string {
  const memory = `${Math.round(peakBytes / MB)} MB`;
  return `${status} · ${cpuMs} ms · ${memory} · ${Math.round(longestWaitMs)} ms`;
}
