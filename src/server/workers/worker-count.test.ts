import { expect, test } from "bun:test";
import { type Config, readConfig } from "../../config/config.ts";
import { countWorkers, shareLimits } from "./worker-count.ts";

test.each([
  ["auto", 8, "linux", 8],
  ["auto", 64, "linux", 31],
  ["auto", 8, "darwin", 1],
  ["1", 8, "darwin", 1],
  ["3", 8, "linux", 3],
])("WORKERS=%s on %d processors and %s, with 4000 MB, is %d", (workers, processors, os, count) => {
  const config = configure({ WORKERS: workers, MEMORY_LIMIT_MB: "4000" });
  expect(countWorkers(config, processors, os)).toEqual({ count });
});

test("several workers are refused where the system does not share a port, or memory is short", () => {
  expect(countWorkers(configure({ WORKERS: "2" }), 8, "darwin")).toEqual({
    problem: "WORKERS is 2: only Linux shares a port among processes; set it to 1",
  });
  const config = configure({ WORKERS: "4", MEMORY_LIMIT_MB: "300" });
  expect(countWorkers(config, 8, "linux")).toEqual({
    problem: expect.stringContaining("have 512 MB or at most 2 workers"),
  });
});

test("each worker has its share of what all may have together", () => {
  const given = { MAX_IN_FLIGHT: "10", MAX_CONNECTIONS: "100", MEMORY_LIMIT_MB: "1000" };
  expect(shareLimits(configure(given), 3)).toMatchObject({
    maxInFlight: 4,
    maxConnections: 34,
    memoryLimitMb: 333,
  });
});

function configure(environment: Record<string, string>): Config {
  const reading = readConfig(environment, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  return reading.config;
}
