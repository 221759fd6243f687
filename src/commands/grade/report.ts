import { printable } from "../printable.ts";
import { formatTable } from "../table.ts";
import { PLAIN, type Terminal } from "../terminal.ts";
import { describeSeen } from "./seen-description.ts";
import type { Seen } from "./seen.ts";

/** How one case went. */
export interface CaseResult {
  /** The name of the fixture: `chat-completions/200-success`. */
  name: string;
  /** Why it did not pass; undefined where it did. */
  untruth: string | undefined;
  upstream: Seen;
  gateway: Seen;
  truth: Seen;
  ms: number;
}

/** A gateway's grade. */
export interface Grade {
  baseUrl: string;
  /** Candor's version, since cases come with it. */
  version: string;
  at: Date;
  results: CaseResult[];
}

/** How many of a hundred cases passed. */
export function scoreOf({ results }: Pick<Grade, "results">): number {
  return (results.filter(hasPassed).length * 100) / results.length;
}

/** The grade as a table: what failed, with `showsAll` what passed too, and the score. */
export function gradeTable(grade: Grade, showsAll: boolean, terminal: Terminal = PLAIN): string {
  const { baseUrl, version, at, results } = grade;
  const groups = [...Map.groupBy(results, ({ name }) => name.split("/", 1)[0] ?? "")];
  const rows = groups.flatMap(([endpoint, cases]) => [
    ...caseRows(
      terminal.paint("green", `${endpoint}: passed`),
      showsAll ? cases.filter(hasPassed) : [],
    ),
    ...caseRows(
      terminal.paint("red", `${endpoint}: FAILED`),
      cases.filter((result) => !hasPassed(result)),
    ),
  ]);
  const scores = groups.map(([endpoint, cases]) => scoreLine(endpoint, cases));
  const sum = groups.length > 1 ? [scoreLine("all", results)] : [];
  const date = at.toISOString().slice(0, 10);
  const title = `candor ${version} graded ${baseUrl} on ${date}`;
  return [
    title,
    ...(rows.length > 0 ? ["", formatTable(rows, terminal.width)] : []),
    "",
    ...scores,
    ...sum,
  ].join("\n");
}

/** The grade as JSON. */
export function gradeJson(grade: Grade): string {
  const { baseUrl, version, at, results } = grade;
  const cases = results.map(({ name, untruth, upstream, gateway, truth, ms }) => ({
    name,
    passed: untruth === undefined,
    untruth: untruth ?? null,
    upstream: describeSeen(upstream),
    gateway: describeSeen(gateway),
    truth: describeSeen(truth),
    ms: Math.round(ms),
  }));
  const passed = results.filter(hasPassed).length;
  const score = scoreOf(grade);
  const json = {
    gateway: baseUrl,
    candor: version,
    at,
    score,
    passed,
    total: results.length,
    cases,
  };
  return printable(JSON.stringify(json, null, 2));
}

/** The grade as JUnit's XML, which CI systems show. */
export function gradeJunit({ baseUrl, results, at }: Grade): string {
  const failures = results.filter((result) => !hasPassed(result)).length;
  const seconds = results.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  const counts = `tests="${results.length}" failures="${failures}" time="${seconds.toFixed(3)}"`;
  const suite = `name="candor grade ${xml(baseUrl)}" timestamp="${at.toISOString()}" ${counts}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `<testsuite ${suite}>`,
    ...results.map(testCase),
    "</testsuite>",
    "</testsuites>",
  ].join("\n");
}

function testCase({ name, untruth, upstream, gateway, truth, ms }: CaseResult): string {
  const [endpoint = "", caseName = ""] = name.split("/");
  const head = `classname="${xml(endpoint)}" name="${xml(caseName)}" time="${(ms / 1000).toFixed(3)}"`;
  if (untruth === undefined) return `<testcase ${head}/>`;
  const told = [
    `upstream said ${describeSeen(upstream)}`,
    `the gateway answered ${describeSeen(gateway)}`,
    `the truth is ${describeSeen(truth)}`,
  ].join("\n");
  return `<testcase ${head}><failure message="${xml(untruth)}">${xml(told)}</failure></testcase>`;
}

/** What was answered, and what is untrue of that, which says the truth as well. */
function caseRows(title: string, results: CaseResult[]): string[][] {
  if (results.length === 0) return [];
  return [
    [title, "the gateway answered", "what is untrue"],
    ...results.map(({ name, untruth = "", gateway }) => [
      `  ${name.slice(name.indexOf("/") + 1)}`,
      printable(describeSeen(gateway)),
      untruth,
    ]),
  ];
}

function scoreLine(title: string, results: CaseResult[]): string {
  const passed = results.filter(hasPassed).length;
  // Rounded down: 100.0 % is all.
  const score = (Math.floor(scoreOf({ results }) * 10) / 10).toFixed(1);
  return `${title}: ${passed} of ${results.length} passed, ${score} %`;
}

function hasPassed({ untruth }: CaseResult): boolean {
  return untruth === undefined;
}

/** A text within XML 1.0, which has no place for most control characters, escaped or not. */
function xml(text: string): string {
  return Bun.escapeHTML(printable(text));
}
