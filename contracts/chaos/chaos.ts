/**
 * `bun run chaos [--minutes N] [--seed S] [--clients C] [--answer WORD] [--client WORD] [--http2]`:
 * hundreds of clients, of which many are rude, before a proxy with short limits, before an upstream that has
 * gone mad. Whatever happens, every client must get either its own answer, byte for byte, or the
 * truth. Ends with a table, and with code 1 where a promise was broken. On Linux.
 */
import { type ChaosReport, runChaos, type Tally } from "./run.ts";
import { OUTCOMES } from "./invariants.ts";
import { markdownTable } from "../../bench/statistics.ts";
import { readOptions } from "../../bench/read-options.ts";
import { startTimeProgress } from "../../bench/time-progress.ts";

const WARM_UP_SECONDS = 10;

const USAGE = `bun run chaos [options]
  --minutes N     for how long (1)
  --clients C     how many at a time (200)
  --seed S        to repeat a run (the time)
  --answer WORD   only answers of upstream with this word in their name
  --client WORD   only clients with this word in their name
  --http2         upstream is reached over HTTP/2 (UPSTREAM_HTTP2)`;

const values = readOptions(USAGE, {
  minutes: { type: "string", default: "1" },
  seed: { type: "string", default: String(Date.now() % 1_000_000) },
  clients: { type: "string", default: "200" },
  answer: { type: "string", default: "" },
  client: { type: "string", default: "" },
  http2: { type: "boolean", default: false },
});
const seconds = Number(values.minutes) * 60;
const words = Object.entries(values).flatMap(([name, value]) => {
  if (typeof value === "boolean") return value ? [`--${name}`] : [];
  return value === "" ? [] : [`--${name} ${value.includes(" ") ? JSON.stringify(value) : value}`];
});
console.log(`Repeat with: bun contracts/chaos/chaos.ts ${words.join(" ")}\n`);
const warmUpSeconds = Math.min(WARM_UP_SECONDS, seconds / 4);
const progress = startTimeProgress(Math.round(warmUpSeconds + seconds));
const report = await runChaos({
  seconds,
  warmUpSeconds,
  seed: Number(values.seed),
  clients: Number(values.clients),
  answers: values.answer,
  clientKinds: values.client,
  isHttp2: values.http2,
});
progress[Symbol.dispose]();
console.log(outcomesTable("answer", report.byAnswer));
console.log(outcomesTable("client", report.byClient));
console.log(summary(report));
process.exit(report.violations.length > 0 ? 1 : 0);

function outcomesTable(title: string, tally: Tally): string {
  const outcomes = [...OUTCOMES, "VIOLATION"];
  const rows = [...tally].toSorted().map(([kind, counts]) => {
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return [kind, String(all), ...outcomes.map((outcome) => String(counts.get(outcome) ?? ""))];
  });
  return `${markdownTable([[title, "exchanges", ...outcomes], ...rows])}\n`;
}

function summary({
  byAnswer,
  violations,
  worstOutlivingMs,
  worstLagMs,
  before,
  peakBytes,
  after,
  stopMs,
}: ChaosReport): string {
  const counts = [...byAnswer.values()].flatMap((outcomes) => [...outcomes.values()]);
  const exchanges = counts.reduce((sum, count) => sum + count, 0);
  return markdownTable([
    ["", ""],
    ["exchanges", exchanges.toLocaleString("en")],
    ["violations", String(violations.length)],
    ["an upstream request outlived its client by, at most", `${worstOutlivingMs} ms`],
    ["a request that does nothing took, at most", `${worstLagMs} ms`],
    ["open sockets before / after", `${before.sockets} / ${after.sockets}`],
    [
      "resident memory before / peak / after",
      [before.residentBytes, peakBytes, after.residentBytes].map(megabytes).join(" / "),
    ],
    ["time to stop", `${Math.round(stopMs)} ms`],
    ["seed", String(values.seed)],
  ]);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
