import { expect, test } from "bun:test";
import { type CaseResult, type Grade, gradeJson, gradeJunit, gradeTable } from "./report.ts";
import { PLAIN } from "../terminal.ts";
import { type Seen, UNANSWERED } from "./seen.ts";

const said = (status: number, code?: string): Seen => ({
  ...UNANSWERED,
  status,
  form: "json",
  end: "closed",
  error: code === undefined ? undefined : { message: code, code },
});
const HIDDEN: CaseResult = {
  name: "chat-completions/hidden",
  untruth: 'status 200 in place of <429> & "more"',
  upstream: said(200, "429"),
  gateway: said(200, "429"),
  truth: said(429, "rate"),
  ms: 12.4,
};
const SAME: CaseResult = { ...HIDDEN, name: "messages/same", truth: HIDDEN.gateway };
const PASSED: CaseResult = { ...HIDDEN, name: "messages/passed", untruth: undefined };
const grade: Grade = {
  baseUrl: "http://gateway.test/v1",
  version: "1.2.3",
  at: new Date("2026-11-23T01:02:03Z"),
  results: [HIDDEN, SAME, PASSED],
};

test("the table shows what failed by endpoint, in what it was untrue, and the score", () => {
  expect(gradeTable(grade, false)).toBe(
    `
candor 1.2.3 graded http://gateway.test/v1 on 2026-11-23

chat-completions: FAILED  the gateway answered  what is untrue
  hidden                  200 json: error 429   status 200 in place of <429> & "more"
messages: FAILED          the gateway answered  what is untrue
  same                    200 json: error 429   status 200 in place of <429> & "more"

chat-completions: 0 of 1 passed, 0.0 %
messages: 1 of 2 passed, 50.0 %
all: 1 of 3 passed, 33.3 %`.trimStart(),
  );
});

test("the table shows what passed on demand, and no row where there is none", () => {
  expect(gradeTable(grade, true)).toContain("messages: passed");
  expect(gradeTable({ ...grade, results: [PASSED] }, false)).toBe(
    "candor 1.2.3 graded http://gateway.test/v1 on 2026-11-23\n\nmessages: 1 of 1 passed, 100.0 %",
  );
});

test("a score that is not whole is not rounded up to it", () => {
  const results = Array.from({ length: 9999 }, () => PASSED);
  expect(gradeTable({ ...grade, results: [...results, SAME] }, false)).toEndWith("99.9 %");
});

test("the table fits 100 columns, or the terminal", () => {
  const untruth = "a sentence that is long enough to need a second line at any width. ".repeat(2);
  const name = `chat-completions/${"a-very-long-name-".repeat(4)}`;
  const results = [{ ...HIDDEN, name, untruth }];
  for (const width of [70, 100, 160]) {
    const table = gradeTable({ ...grade, results }, false, { ...PLAIN, width });
    for (const line of table.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
    expect(table.replaceAll(/\s+/g, " ")).toContain("second line");
  }
});

test("what a gateway says cannot steer the terminal, nor break JUnit's XML or JSON", () => {
  const evil = "\u001b[2J\u009b31m\u202e\u0000\uffff";
  const gateway = { ...said(200), error: { message: evil, code: evil } };
  const results = [{ ...HIDDEN, gateway }];
  for (const text of [gradeTable, gradeJunit, gradeJson].map((write) =>
    write({ ...grade, results }, false),
  )) {
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e\uffff]/);
  }
});

test("JSON has the score, and every case in words", () => {
  expect(JSON.parse(gradeJson(grade))).toMatchObject({
    gateway: "http://gateway.test/v1",
    candor: "1.2.3",
    at: "2026-11-23T01:02:03.000Z",
    score: 100 / 3,
    passed: 1,
    total: 3,
    cases: [
      {
        name: "chat-completions/hidden",
        passed: false,
        untruth: HIDDEN.untruth,
        upstream: "200 json: error 429",
        gateway: "200 json: error 429",
        truth: "429 json: error rate",
        ms: 12,
      },
      { name: "messages/same", passed: false },
      { name: "messages/passed", passed: true, untruth: null },
    ],
  });
});

test("JUnit has a test case for each case, with why it failed, escaped", () => {
  const [declaration, suites, suite, hidden, ...rest] = gradeJunit(grade).split("<test");
  expect(declaration).toBe('<?xml version="1.0" encoding="UTF-8"?>\n');
  expect(suites).toBe('suites tests="3" failures="2" time="0.037">\n');
  expect(suite).toContain('name="candor grade http://gateway.test/v1"');
  expect(suite).toContain('timestamp="2026-11-23T01:02:03.000Z" tests="3" failures="2"');
  expect(hidden).toStartWith('case classname="chat-completions" name="hidden" time="0.012">');
  expect(hidden).toContain('message="status 200 in place of &lt;429&gt; &amp; &quot;more&quot;"');
  expect(hidden).toContain("the truth is 429 json: error rate</failure></testcase>");
  expect(rest.at(-1)).toStartWith('case classname="messages" name="passed" time="0.012"/>');
});
