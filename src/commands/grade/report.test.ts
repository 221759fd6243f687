import { expect, test } from "bun:test";
import { type CaseResult, type Grade, gradeJson, gradeJunit, gradeTable } from "./report.ts";
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

test("the table shows what failed by endpoint, why where that is not plain, and the score", () => {
  expect(gradeTable(grade, false)).toBe(
    `
candor 1.2.3 graded http://gateway.test/v1 on 2026-11-23

chat-completions: FAILED   upstream said         the gateway answered                                          the truth
  hidden                   200 json: error 429   200 json: error 429                                           429 json: error rate
messages: FAILED           upstream said         the gateway answered                                          the truth
  same                     200 json: error 429   200 json: error 429 (status 200 in place of <429> & "more")   200 json: error 429

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
