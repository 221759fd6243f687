import { expect, test } from "bun:test";
import type { BenchResult } from "./bench-run.ts";
import type { Run } from "./measure.ts";
import { columnsOf } from "./report-columns.ts";
import type { Workload } from "./workloads.ts";

const workload: Workload = {
  id: "small",
  name: "Small JSON",
  answers: ["plain"],
  load: { concurrency: 1, seconds: 1 },
  figures: ["cpu", "answerP50"],
  unit: { name: "1,000 requests", items: 1000, itemsPerRequest: 1 },
};

test("processor time stands beside the bare pipe's of the same round", () => {
  const [time, ratio] = columnsOf(
    resultOf(
      { contender: "bare pipe", round: 1, figures: { cpu: 1 } },
      { contender: "Candor", round: 1, figures: { cpu: 3 } },
      { contender: "bare pipe", round: 2, figures: { cpu: 2 } },
      { contender: "Candor", round: 2, figures: { cpu: 4 } },
    ),
    workload,
  );
  expect(time?.title).toBe("CPU s per 1,000 requests");
  expect(time?.cells.get("Candor")).toEqual({ median: 3.5, least: 3, most: 4 });
  expect(ratio?.cells.get("Candor")).toEqual({ median: 2.5, least: 2, most: 3 });
  expect(ratio?.cells.has("bare pipe")).toBeFalse();
});

test("what is added is the difference from upstream's own time in the same round", () => {
  const [, , added] = columnsOf(
    resultOf(
      { contender: "direct", round: 1, figures: { answerP50: 10 } },
      { contender: "nginx", round: 1, figures: { answerP50: 11 } },
      { contender: "direct", round: 2, figures: { answerP50: 20 } },
      { contender: "nginx", round: 2, figures: { answerP50: 22 } },
    ),
    workload,
  );
  expect(added?.cells.get("nginx")).toEqual({ median: 1.5, least: 1, most: 2 });
  expect(added?.direct).toEqual({ median: 15, least: 10, most: 20 });
});

test("a contender whose turn gave nothing, or that has nothing to stand beside, has no cell", () => {
  const columns = columnsOf(
    resultOf(
      { contender: "Candor", round: 1, figures: { cpu: 3 } },
      { contender: "nginx", round: 1, figures: {}, trouble: "it ended" },
    ),
    workload,
  );
  expect(columns.map(({ cells }) => [...cells.keys()])).toEqual([["Candor"], [], []]);
});

function resultOf(...runs: Omit<Run, "workload">[]): BenchResult {
  return {
    rounds: 2,
    workloads: [workload],
    contenders: [],
    runs: runs.map((run) => ({ workload: "small", ...run })),
  };
}
