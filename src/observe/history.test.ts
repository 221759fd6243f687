import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { record, repaired } from "../../contracts/observe/made-up-records.ts";
import { type HistorySettings, openHistory } from "./history.ts";

const ROOT = mkdtempSync(`${tmpdir()}/candor-history-`);
afterAll(() => rmSync(ROOT, { recursive: true }));

const NOW = 1_764_000_000_000;

function historyIn(name: string, more: Partial<HistorySettings> = {}) {
  const problems: string[] = [];
  const file = `${ROOT}/${name}.db`;
  const onProblem = (problem: string) => problems.push(problem);
  const history = openHistory({ file, onProblem, now: () => NOW, ...more });
  return { file, history, problems };
}

test("records come back as they were, the latest first, within their time", () => {
  const { history } = historyIn("range");
  const [first, second, third] = [1, 2, 3].map((s) => repaired({ at: NOW + s * 1000 }));
  for (const each of [first, second, third]) if (each !== undefined) history.sink.end(each);
  const { records, isCut } = history.query(NOW + 1500, NOW + 9000);
  expect<unknown>(records).toEqual([third, second]);
  expect(isCut).toBe(false);
  history.close();
});

test("a restart loses nothing that was written", () => {
  const first = historyIn("restart");
  first.history.sink.end(record({ at: NOW }));
  first.history.close();
  const { history } = historyIn("restart");
  expect(history.query(0, NOW)).toMatchObject({ records: [{ at: NOW }] });
  history.close();
});

test("somebody else can read the file while it is written, in columns", () => {
  const { file, history } = historyIn("readable");
  history.sink.end(repaired({ at: NOW }));
  history.flush();
  const reader = new Database(file, { readonly: true });
  expect(reader.query("SELECT * FROM readable").all()).toMatchObject([
    { time: "2025-11-24 16:00:00", true_status: 429, rule: "error-in-event", provider: "Azure" },
  ]);
  history.sink.end(record({ at: NOW }));
  history.flush();
  expect(reader.query("SELECT count(*) AS rows FROM exchanges").get()).toEqual({ rows: 2 });
  reader.close();
  history.close();
});

test("more rows than a page can show are cut, and it is told", () => {
  const { history } = historyIn("cut");
  for (let index = 0; index < 2001; index++) history.sink.end(record({ at: NOW + index }));
  const { records, isCut } = history.query(0, NOW + 5000);
  expect(records).toHaveLength(2000);
  expect(isCut).toBe(true);
  history.close();
});

describe("there are bounds:", () => {
  test("of days", () => {
    const { history } = historyIn("days", { mostDays: 2 });
    history.sink.end(record({ at: NOW - 3 * 86_400_000 }));
    history.sink.end(record({ at: NOW - 86_400_000 }));
    expect(history.query(0, NOW).records.map(({ at }) => at)).toEqual([NOW - 86_400_000]);
    history.close();
  });

  test("of megabytes, where the oldest go, and the file does not grow", () => {
    const { file, history } = historyIn("megabytes", { mostMegabytes: 1 });
    for (let batch = 0; batch < 120; batch++) {
      for (let index = 0; index < 100; index++) {
        history.sink.end(record({ at: NOW + batch * 100 + index }));
      }
      history.flush();
    }
    const { records } = history.query(0, NOW + 20_000);
    expect(records[0]?.at).toBe(NOW + 11_999);
    history.close();
    expect(Bun.file(file).size).toBeLessThan(3 * 2 ** 20);
  });

  test("of what waits for the file", () => {
    const { history, problems } = historyIn("waiting");
    for (let index = 0; index < 5002; index++) history.sink.end(record({ at: NOW }));
    expect(problems).toEqual([expect.stringContaining("too much came at once")]);
    history.close();
  });
});

describe("what goes wrong costs history, and is said in one line:", () => {
  test("a file that is no database", () => {
    writeFileSync(`${ROOT}/broken.db`, "this is a text, and a long one ".repeat(200));
    const { history, problems } = historyIn("broken");
    history.sink.end(record());
    expect(history.query(0, NOW)).toEqual({ records: [], isCut: false });
    history.close();
    expect(problems).toEqual([
      expect.stringMatching(/broken\.db loses exchanges \(.*not a database/),
    ]);
  });

  test("a folder that does not exist", () => {
    const { problems } = historyIn("no/such/folder");
    expect(problems).toHaveLength(1);
  });

  test("a file that somebody else has locked, for as long as it is", () => {
    const { file, history, problems } = historyIn("locked");
    const other = new Database(file);
    other.run("BEGIN IMMEDIATE");
    history.sink.end(record({ at: NOW }));
    history.flush();
    expect(problems).toEqual([expect.stringContaining("locked")]);
    other.run("COMMIT");
    other.close();
    history.sink.end(record({ at: NOW + 1 }));
    expect(history.query(0, NOW + 5).records).toHaveLength(1);
    history.close();
  });

  test("a file that may not grow any more, until there is room again", () => {
    const { history, problems } = historyIn("full", { mostMegabytes: 0.1 });
    for (let index = 0; index < 1000; index++) history.sink.end(record({ at: NOW }));
    history.flush();
    expect(problems).toEqual([expect.stringContaining("full")]);
    history.sink.end(record({ at: NOW + 1 }));
    expect(history.query(0, NOW + 5).records).toMatchObject([{ at: NOW + 1 }]);
    history.close();
  });
});
