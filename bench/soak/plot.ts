import { drawSheet, linesPanel, type Series } from "../plot.ts";

/** Lines over the same times, above their own scale, which begins at 0. */
export interface Panel {
  title: string;
  series: Series[];
}

/** A plot as SVG: panels below each other, over minutes. */
export function plotSvg(title: string, minutes: number[], panels: Panel[]): string {
  const drawn = panels.map((panel) => linesPanel(panel.title, "minutes", minutes, panel.series));
  return drawSheet(title, drawn, 1);
}
