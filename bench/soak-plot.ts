/** A line of a plot: a value at each time. */
export interface Series {
  name: string;
  color: string;
  values: number[];
}

/** Lines over the same times, above their own scale, which begins at 0. */
export interface Panel {
  title: string;
  series: Series[];
}

const WIDTH = 800;
const PANEL_HEIGHT = 180;
const MARGIN = { top: 34, right: 16, bottom: 22, left: 52 };
const GRID_LINES = 4;

/** A plot as SVG: panels below each other, over minutes. */
export function plotSvg(title: string, minutes: number[], panels: Panel[]): string {
  const height = panels.length * PANEL_HEIGHT + 24;
  const drawn = panels.map((panel, index) => drawPanel(panel, minutes, 24 + index * PANEL_HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
      `font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="18" font-weight="bold">${title}</text>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, series }: Panel, minutes: number[], top: number): string {
  const highest = roundUp(
    Math.max(...series.flatMap(({ values }) => values.filter(Number.isFinite))),
  );
  const last = minutes.at(-1) ?? 1;
  const x = (minute: number) => scale(minute / last, MARGIN.left, WIDTH - MARGIN.right);
  const y = (value: number) =>
    scale(value / highest, top + PANEL_HEIGHT - MARGIN.bottom, top + MARGIN.top);
  const grid = Array.from({ length: GRID_LINES + 1 }, (_, index) => {
    const value = Number(((highest * index) / GRID_LINES).toPrecision(3));
    const minute = (last * index) / GRID_LINES;
    return (
      `<path d="M${MARGIN.left} ${y(value)}H${WIDTH - MARGIN.right}" stroke="#ddd"/>` +
      `<text x="${MARGIN.left - 6}" y="${y(value)}" dy="4" text-anchor="end">${value}</text>` +
      `<text x="${x(minute)}" y="${y(0)}" dy="15" text-anchor="middle">${minute.toFixed(1)} min</text>`
    );
  });
  const lines = series.map(({ color, values }, index) => {
    const points = values.map((value, at) => `${x(minutes[at] ?? 0)},${y(value || 0)}`);
    const path = `<polyline points="${points.join(" ")}" fill="none" stroke="${color}"/>`;
    const label = `<text x="${300 + index * 150}" y="${top + 24}" fill="${color}">`;
    return `${path}${label}${series[index]?.name}</text>`;
  });
  const heading = `<text x="${MARGIN.left}" y="${top + 24}">${title}</text>`;
  return [heading, ...grid, ...lines].join("\n");
}

function scale(share: number, from: number, to: number): number {
  return Math.round((from + share * (to - from)) * 10) / 10;
}

/** The next number that four lines divide well. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-3)));
  return Math.ceil(value / power / 2) * power * 2;
}
