import { expect, test } from "bun:test";
import { createLog } from "../../src/observe/log.ts";
import { createMetrics } from "../../src/observe/metrics.ts";
import { openHistory } from "../../src/observe/history.ts";
import { createRing } from "../../src/observe/ring.ts";
import { createTelemetry } from "../../src/observe/telemetry/telemetry.ts";
import { readTelemetrySettings } from "../../src/observe/telemetry/telemetry-settings.ts";
import { upstreamFailure } from "../../src/observe/upstream-failure.ts";
import { createChance, madeUpExchange } from "../page/made-up-traffic.ts";
import { startOtlpReceiver } from "./otlp-receiver.ts";

const EXCHANGES = 1000;

/** How often each outcome and each true status of a hidden failure was told. */
type Tally = Record<string, number>;

function tally(names: string[]): Tally {
  const counts: Tally = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Sums a counter's series by one label. */
function sumBy(text: string, metric: string, label: string): Tally {
  const counts: Tally = {};
  for (const line of text.split("\n")) {
    if (!line.startsWith(`${metric}{`)) continue;
    const [, name = ""] = new RegExp(`[{,]${label}="([^"]*)"`).exec(line) ?? [];
    counts[name] = (counts[name] ?? 0) + Number(line.split(" ").at(-1));
  }
  return Object.fromEntries(
    Object.entries(counts).toSorted(([one], [other]) => one.localeCompare(other)),
  );
}

test("of a thousand mixed exchanges, the page, the metrics, the spans, the log and the history tell the same", async () => {
  await using receiver = startOtlpReceiver();
  const reading = readTelemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  if ("problems" in reading) throw new Error(reading.problems.join(" "));
  const context = { version: "1", upstream: "https://openrouter.ai/api/v1", onProblem() {} };
  const telemetry = await createTelemetry(reading.settings, context);
  let logged = "";
  const output = { write: (more: string) => (logged += more), flush() {} };
  const log = createLog({ logLevel: "info", logFormat: "json" }, output);
  const metrics = createMetrics({ version: "1" });
  const ring = createRing({ mostKept: EXCHANGES });
  const history = openHistory({
    file: ":memory:",
    onProblem: (problem) => expect.unreachable(problem),
  });
  const sinks = [log, metrics.sink, ring.sink, history.sink, ...(telemetry?.sinks ?? [])];

  const chance = createChance(11);
  const now = Date.now();
  const records = Array.from({ length: EXCHANGES }, () => madeUpExchange(chance, now));
  for (const record of records) for (const sink of sinks) sink.end(record);
  await Promise.all([log.flush(), telemetry?.close()]);

  const outcomes = tally(records.map(({ outcome = "" }) => outcome));
  const hidden = tally(
    records.flatMap((record) =>
      upstreamFailure(record) === "hidden" ? [String(record.trueStatus)] : [],
    ),
  );
  expect(Object.keys(outcomes).length).toBeGreaterThan(4);
  const lines = logged
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(tally(lines.map(({ outcome }) => outcome))).toEqual(outcomes);
  const text = await (await metrics.respond()).text();
  expect(sumBy(text, "candor_exchanges_total", "outcome")).toEqual(outcomes);
  expect(sumBy(text, "candor_hidden_failures_total", "status")).toEqual(hidden);
  expect(tally(ring.recent().map(({ record }) => record.outcome ?? ""))).toEqual(outcomes);
  const spans = receiver.spans().filter(({ kind }) => kind === 2);
  expect(tally(spans.map(({ attributes }) => String(attributes["candor.outcome"])))).toEqual(
    outcomes,
  );
  const rows = history.query(0, now).records;
  expect(tally(rows.map(({ outcome = "" }) => outcome))).toEqual(outcomes);
  const counted = ring.timeline.spans().reduce((sum, span) => sum + span.hidden, 0);
  expect(counted).toBe(Object.values(hidden).reduce((sum, count) => sum + count, 0));
  history.close();
});
