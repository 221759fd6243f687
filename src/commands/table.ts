const GAP = "  ";

/** A column is never made narrower than this. */
const NARROWEST = 12;

/**
 * Rows as lines with aligned columns, at most `width` wide: where they do not fit, the widest
 * columns get narrower, and their cells go on in the next line. Cells may be painted.
 */
export function formatTable(rows: string[][], width: number): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  narrow(widths, width - GAP.length * (count - 1));
  return rows.flatMap((row) => formatRow(row, widths)).join("\n");
}

/** Takes from the widest column until all fit, or none can be narrower. */
function narrow(widths: number[], space: number): void {
  let excess = widths.reduce((sum, one) => sum + one, 0) - space;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
}

function formatRow(row: string[], widths: number[]): string[] {
  const cells = widths.map((width, column) => {
    const cell = row[column] ?? "";
    return Bun.stringWidth(cell) <= width ? [cell] : wrapCell(cell, width);
  });
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) =>
    cells
      .map((lines, column) => pad(lines[index] ?? "", widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

/** What goes on in the next line is as far from the edge as the cell itself. */
function wrapCell(cell: string, width: number): string[] {
  const indent = /^ */.exec(cell)?.[0] ?? "";
  const wrapped = Bun.wrapAnsi(cell.trimStart(), width - indent.length, { hard: true });
  return wrapped.split("\n").map((line) => indent + line);
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
}
