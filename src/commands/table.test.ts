import { expect, test } from "bun:test";
import { formatTable } from "./table.ts";

test("columns are aligned, also with wide and painted characters", () => {
  expect(
    formatTable(
      [
        ["a", "b"],
        ["你好", "c"],
        ["\u001b[31mred\u001b[39m", "d"],
      ],
      100,
    ),
  ).toBe("a     b\n你好  c\n\u001b[31mred\u001b[39m   d");
});

test("what does not fit goes on in the next line of its own column", () => {
  const long = "one two three four five six seven eight nine ten";
  const lines = formatTable([["  a name that is long", long, "short"]], 50).split("\n");
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(50);
  const [start = 0, end = 0] = ["one", "short"].map((word) => lines[0]?.indexOf(word));
  const column = lines.map((line) => line.slice(start, end).trim()).join(" ");
  expect(column.trim()).toBe(long);
});

test("a row may lack cells, and a table rows", () => {
  expect(formatTable([["title"], ["  name", "value"]], 80)).toBe("title\n  name  value");
  expect(formatTable([], 80)).toBe("");
});
