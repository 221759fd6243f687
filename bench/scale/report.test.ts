import { expect, test } from "bun:test";
import { filesFor } from "../stream-files.ts";
import { describeScale } from "./report.ts";

test("the model asks for more addresses only where a node has more streams than ports", () => {
  const [few, many] = [modelFor(4), modelFor(3)];
  expect(few).toContain("with 27,778 streams each");
  expect(few).toContain("28,232 by default, which is enough.");
  expect(many).toContain("with 37,038 streams each");
  expect(many).toContain("so a node needs a second address of its own, or `UPSTREAM_HTTP2`.");
  expect(many).toContain(`\`ulimit -n\` of ${filesFor(37_038).toLocaleString("en")} in all`);
});

/** The report, where 100,000 events take so many seconds of processor time. */
function modelFor(cpuPerEvents: number): string {
  const open = { wished: 1000, open: 1000, workers: 1, megabytes: 30, wrong: 0 };
  const figures = { perSecond: 9000, cpuPerRequests: 0.1, busiest: 1, firstTextP99: 100 };
  const one = { workers: 1, ...figures, cpuPerEvents, megabytes: 100, wrong: 0 };
  return describeScale([open], [one]);
}
