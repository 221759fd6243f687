import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Spread } from "./statistics.ts";

/** One of the plots on a sheet, with scales of its own. */
export interface Panel {
  title: string;
  options: Plot.PlotOptions;
}

/** A line of a plot: a value at each place of `x`. */
export interface Series {
  name: string;
  color: string;
  values: number[];
}

/** A bar of a plot, and how far the rounds lay apart. */
export interface Bar extends Spread {
  name: string;
  color: string;
}

const SHEET_WIDTH = 900;
const TITLE_HEIGHT = 26;
const LINES_HEIGHT = 170;
const BAR_HEIGHT = 22;

const { document } = parseHTML("<html><body></body></html>");

/** Lines over the same values of `x`, above a scale that begins at 0. */
export function linesPanel(title: string, xLabel: string, x: number[], series: Series[]): Panel {
  const lines = series.map(({ values, color }) =>
    Plot.lineY(values, { x, y: values, stroke: color }),
  );
  const names = series.map(({ name, color }, index) =>
    Plot.text([name], { frameAnchor: "top-left", dx: index * 150, dy: -16, fill: color }),
  );
  return {
    title,
    options: {
      height: LINES_HEIGHT,
      marginTop: 22,
      x: { label: xLabel },
      y: { label: null, zero: true, grid: true, nice: true },
      marks: [...lines, ...names],
    },
  };
}

/** Bars below each other, each with the spread of its rounds and with its value beside it. */
export function barsPanel(
  title: string,
  label: string,
  bars: Bar[],
  format: (value: number) => string,
): Panel {
  const order = bars.map(({ name }) => name);
  const place = { y: "name" };
  return {
    title,
    options: {
      height: bars.length * BAR_HEIGHT + 50,
      marginTop: 4,
      marginLeft: 120,
      marginRight: 90,
      x: { label, labelArrow: "none", zero: true, grid: true, ticks: 5 },
      y: { label: null, domain: order },
      marks: [
        Plot.barX(bars, { ...place, x: "median", fill: "color" }),
        Plot.ruleY(bars, { ...place, x1: "least", x2: "most", strokeWidth: 1.5 }),
        Plot.text(bars, {
          ...place,
          x: (bar: Bar) => Math.max(bar.most, 0),
          text: (bar: Bar) => format(bar.median),
          textAnchor: "start",
          dx: 6,
        }),
        Plot.ruleX([0]),
      ],
    },
  };
}

/** Plots in so many columns, as one SVG. */
export function drawSheet(title: string, panels: Panel[], columns: number): string {
  const width = SHEET_WIDTH / columns;
  const drawn: string[] = [];
  let top = TITLE_HEIGHT;
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns);
    drawn.push(...row.map((panel, column) => drawPanel(panel, column * width, top, width)));
    top += TITLE_HEIGHT + Math.max(...row.map(({ options }) => options.height ?? 0));
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SHEET_WIDTH} ${top}" ` +
      `font-family="system-ui, sans-serif" font-size="12" fill="#333" color="#333">`,
    `<title>${Bun.escapeHTML(title)}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    heading(title, 0, 0, "bold"),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, options }: Panel, left: number, top: number, width: number): string {
  const plot = Plot.plot({ ...options, document, width });
  plot.setAttribute("x", String(left));
  plot.setAttribute("y", String(top + TITLE_HEIGHT));
  return heading(title, left, top, "normal") + plot.outerHTML;
}

function heading(text: string, left: number, top: number, weight: string): string {
  const place = `x="${left + 12}" y="${top + 18}"`;
  return `<text ${place} font-weight="${weight}">${Bun.escapeHTML(text)}</text>`;
}
