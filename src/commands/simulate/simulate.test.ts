import { describe, expect, test } from "bun:test";
import { startSimulate } from "./simulate.ts";

describe("startSimulate", () => {
  test("an upstream listens on a free port, timed or not", async () => {
    for (const words of [
      ["--port", "0"],
      ["--port=0", "--timed"],
    ]) {
      const started = startSimulate(words);
      if ("problems" in started) throw new Error(started.problems.join("\n"));
      const models = await fetch(`${started.url}/models`);
      expect(models.status).toBe(200);
      await models.bytes();
      await started.stop();
    }
  });

  test("--host says where it listens, and an address of another machine is named", async () => {
    const started = startSimulate(["--host", "127.0.0.2", "--port", "0"]);
    if ("problems" in started) throw new Error(started.problems.join("\n"));
    expect(started.url).toStartWith("http://127.0.0.2:");
    expect((await fetch(`${started.url}/models`)).status).toBe(200);
    await started.stop();
    const elsewhere = startSimulate(["--host", "192.0.2.1", "--port", "0"]);
    expect("problems" in elsewhere && elsewhere.problems[0]).toContain(
      "nothing can listen on 192.0.2.1",
    );
  });

  test("every request is told, but for --quiet", async () => {
    for (const [words, count] of [
      [[], 1],
      [["--quiet"], 0],
    ] as const) {
      const told: unknown[] = [];
      const started = startSimulate(["--port", "0", ...words], (asked) => told.push(asked));
      if ("problems" in started) throw new Error(started.problems.join("\n"));
      await fetch(`${started.url}/models`);
      await started.stop();
      expect(told).toHaveLength(count);
    }
  });

  test("a port that is taken is named, with the flag for another", async () => {
    using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const started = startSimulate(["--port", String(taken.port)]);
    expect(started).toEqual({ problems: [`port ${taken.port} is taken; --port takes another`] });
  });

  test.each([
    ["--port", "x"],
    ["--port", "70000"],
    ["--unknown", ""],
  ])("a call with %s %s is refused", (flag, value) => {
    const started = startSimulate([flag, value]);
    expect("problems" in started && started.problems[0]).toContain(flag.slice(2));
  });
});
