import { beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createMetrics } from "../../src/observe/metrics.ts";
import { unpackDebianPackages } from "../harness/debian-packages.ts";
import { inBand, record, refused, repaired, unanswered } from "./made-up-records.ts";

beforeAll(unpackDebianPackages, 120_000);

const OPS = `${import.meta.dir}/../../ops`;
const RULES = readFileSync(`${OPS}/prometheus/candor.rules.yml`, "utf8");
const DASHBOARD = readFileSync(`${OPS}/grafana/candor.json`, "utf8");

/** Metrics in which every one of them has a value. */
async function allMetrics(): Promise<string> {
  const metrics = createMetrics({
    version: "1.2.3",
    openFiles: () => 17,
    maxFiles: () => 1024,
    memoryLimitBytes: () => 2 ** 30,
    isDraining: () => false,
  });
  metrics.sink.begin?.(record({ state: "holding" }));
  const costly = record({ facts: { promptTokens: 1, completionTokens: 1, cost: 0.1 } });
  const shed = refused({ rule: "too-busy", status: 503 });
  for (const each of [costly, repaired(), inBand(), unanswered(), refused(), shed]) {
    metrics.sink.end(each);
  }
  return (await metrics.respond()).text();
}

/** Runs Prometheus' own checker, and gives what it complains of. */
async function promtool(words: string[], input = ""): Promise<string> {
  const program = `${await unpackDebianPackages()}/usr/bin/promtool`;
  const checker = Bun.spawn([program, ...words], {
    cwd: `${OPS}/prometheus`,
    stdin: new TextEncoder().encode(input),
    stderr: "pipe",
  });
  const [said, complaint] = await Promise.all([
    new Response(checker.stdout).text(),
    new Response(checker.stderr).text(),
  ]);
  return (await checker.exited) === 0 && complaint === "" ? "" : said + complaint;
}

test("promtool finds nothing to say of the metrics", async () => {
  expect(await promtool(["check", "metrics"], await allMetrics())).toBe("");
});

test("promtool takes the alerts, and they fire when they should", async () => {
  expect(await promtool(["check", "rules", "candor.rules.yml"])).toBe("");
  expect(await promtool(["test", "rules", "candor.rules.test.yml"])).toBe("");
});

test("promtool can read every query of the dashboard", async () => {
  const queries = JSON.parse(DASHBOARD).panels.flatMap(
    ({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr),
  );
  const rules = queries.map((query: string, index: number) => ({
    record: `dashboard:query_${index}`,
    expr: query.replaceAll("$__rate_interval", "5m").replaceAll("$__range", "1h"),
  }));
  const folder = mkdtempSync(`${tmpdir()}/candor-dashboard-`);
  // JSON is YAML.
  const file = `${folder}/queries.yml`;
  writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
  expect(rules.length).toBeGreaterThan(15);
  expect(await promtool(["check", "rules", file])).toBe("");
  rmSync(folder, { recursive: true });
});

test.each([
  { what: "an alert", text: RULES },
  { what: "the dashboard", text: DASHBOARD },
])("every metric that $what asks for is one that Candor has", async ({ text }) => {
  const known = new Set((await allMetrics()).match(/^[a-z]\w+/gm));
  const asked = new Set(text.match(/\b(?:candor|process|http_\w+_request)_\w+(?=[{[])/g));
  expect(asked.size).toBeGreaterThan(8);
  expect([...asked].filter((name) => !known.has(name))).toEqual([]);
});

test("every label by which the dashboard or an alert selects is one that the metrics have", async () => {
  const known = new Set([...(await allMetrics()).matchAll(/(\w+)="/g)].map(([, label]) => label));
  const asked = [...`${RULES}${DASHBOARD}`.matchAll(/by \(([\w, ]+)\)/g)].flatMap(
    ([, labels]) => labels?.split(", ") ?? [],
  );
  // `instance` is Prometheus' own.
  expect(asked.filter((label) => label !== "instance" && !known.has(label))).toEqual([]);
});

test("the panels of the dashboard have names, and do not overlap", () => {
  const { panels } = JSON.parse(DASHBOARD);
  const taken = new Set<string>();
  for (const { title, gridPos } of panels) {
    expect(title).not.toBe("");
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.has(`${x},${y}`)).toBe(false);
        taken.add(`${x},${y}`);
      }
    }
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  }
});
