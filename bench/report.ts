import type { BenchResult } from "./bench-run.ts";
import type { FigureName } from "./figures.ts";
import { barsPanel, drawSheet, type Panel } from "./plot.ts";
import { BARE_PIPE, columnsOf } from "./report-columns.ts";
import { contendersTable, failuresTable, workloadTable } from "./report-tables.ts";
import { format } from "./statistics.ts";
import { describeClients, describeWhen, type WholeResult } from "./summary.ts";

/** A file with plots: one for each workload that has one of the figures. */
interface Sheet {
  file: string;
  title: string;
  figures: FigureName[];
}

const SHEETS: Sheet[] = [
  { file: "bench-cpu.svg", title: "Processor time", figures: ["cpu"] },
  {
    file: "bench-latency.svg",
    title: "Time added to what upstream takes",
    figures: ["answerP50", "answerP99", "firstTextP50", "firstTextP99"],
  },
  { file: "bench-memory.svg", title: "Memory", figures: ["memory"] },
];

const COLORS = new Map([
  ["Candor", "#d9730d"],
  [BARE_PIPE, "#1f5fa8"],
]);
const OTHER_COLOR = "#9aa3ad";

const FAILURES_TEXT =
  "Failures that came as a success: with status 200 and, where half a text had gone out already, " +
  "with no error behind it. The client's SDK reads these as an answer.";

/** Writes `bench-tables.md` and its plots into a folder. */
export async function writeReport(result: WholeResult, folder: string): Promise<void> {
  const sheets = SHEETS.map((sheet) => ({ ...sheet, panels: panelsOf(result, sheet) }));
  const drawn = sheets.filter(({ panels }) => panels.length > 0);
  for (const { file, title, panels } of drawn) {
    await Bun.write(`${folder}/${file}`, drawSheet(title, panels, 2));
  }
  const paragraphs = [
    ...introduction(result),
    ...drawn.map(({ file, title }) => `![${title}](${file})`),
    ...sections(result),
    ...describeClients(result),
  ];
  await Bun.write(`${folder}/bench-tables.md`, `${paragraphs.join("\n\n")}\n`);
}

function panelsOf(result: BenchResult, { figures }: Sheet): Panel[] {
  return result.workloads.flatMap((workload) => {
    const columns = columnsOf(result, workload).filter(
      ({ figure, isRatio, cells }) => figures.includes(figure) && !isRatio && cells.size > 0,
    );
    return columns.map(({ title, cells }) => {
      const bars = result.contenders.flatMap(({ name }) => {
        const spread = cells.get(name);
        const color = COLORS.get(name) ?? OTHER_COLOR;
        return spread === undefined ? [] : [{ name, color, ...spread }];
      });
      return barsPanel(workload.name, title, bars, format);
    });
  });
}

function introduction(result: WholeResult): string[] {
  return [
    "# What Candor costs, beside others: all tables",
    `Written by ${describeWhen(result)}.`,
    contendersTable(result),
    "Client, contender and upstream are processes of this machine, and each contender logs as it " +
      "does by default. The contenders take turns in rounds; a cell is the median of the rounds " +
      "(least–most). Processor time, user and system, and memory are those of all processes of a " +
      "contender; memory is what it grew by at most. What is added is added to what upstream takes " +
      "when it is asked directly, in the same round. Every answer is compared with what upstream " +
      "sent: *wrong* is another status, another text or none, *rewritten* the same text in other " +
      "bytes.",
    ...describeSlow(result),
  ];
}

/** A single short round is no measure of those that take long to be warm. */
function describeSlow({ contenders }: BenchResult): string[] {
  const slow = contenders.filter(({ isSlow, version }) => isSlow && version !== undefined);
  if (slow.length === 0) return [];
  const names = slow.map(({ name }) => name).join(" and ");
  return [`One short round only: ${names}. [peers.md](peers.md) asks them for longer.`];
}

function sections(result: BenchResult): string[] {
  return result.workloads.flatMap((workload) => {
    const failures = failuresTable(result, workload);
    const tables = [`## ${workload.name}`, workloadTable(result, workload)];
    return failures === undefined ? tables : [...tables, FAILURES_TEXT, failures];
  });
}
