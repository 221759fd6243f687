/** What a figure is set beside: the bare pipe's, as its multiple, or upstream's, as an addition. */
export type Comparison = "bare pipe" | "direct" | "nothing";

/** Something that is measured. */
export interface Figure {
  /** Its name and its unit, in a table. */
  title: string;
  comparison: Comparison;
}

export type FigureName =
  | "cpu"
  | "pace"
  | "answerP50"
  | "answerP99"
  | "firstTextP50"
  | "firstTextP99"
  | "memory"
  | "streams";

/** All figures. Processor time is that of a contender's whole process tree. */
export const FIGURES: Record<FigureName, Figure> = {
  cpu: { title: "CPU s", comparison: "bare pipe" },
  pace: { title: "per second", comparison: "nothing" },
  answerP50: { title: "latency p50, ms", comparison: "direct" },
  answerP99: { title: "latency p99, ms", comparison: "direct" },
  firstTextP50: { title: "time to first token p50, ms", comparison: "direct" },
  firstTextP99: { title: "time to first token p99, ms", comparison: "direct" },
  memory: { title: "MB per 1,000 streams", comparison: "bare pipe" },
  streams: { title: "streams open at once", comparison: "nothing" },
};
