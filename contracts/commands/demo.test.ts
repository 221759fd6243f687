import { expect, test } from "bun:test";
import { startDemo } from "../../src/commands/demo.ts";

test("the demo takes a free port where its own is taken", async () => {
  using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const environment = { PORT: String(taken.port) };
  const started = await startDemo(environment, [], (url, init) => fetch(url, init));
  if ("problems" in started) throw new Error(started.problems.join("\n"));
  expect(new URL(started.candorUrl).port).not.toBe(environment.PORT);
  expect((await Bun.fetch(`${started.candorUrl}/healthz`)).status).toBe(200);
  await started.stop();
});

test("candor demo shows what upstream said and what is true, and stays up to be tried", async () => {
  await using demo = Bun.spawn(["bun", "src/main.ts", "demo", "--port", "0"], { stdout: "pipe" });
  const reader = demo.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let shown = "";
  while (!shown.includes("Ctrl-C")) {
    const { value, done } = await reader.read();
    if (done) break;
    shown += value;
  }
  expect(shown).toMatch(/a 200 that holds a 429 +200 json: error 429 +429 json: error rate_limit/);
  expect(shown).toMatch(/comments, then a 429 +200 stream: error 429 +429 json: error rate_/);
  expect(shown).toMatch(
    /a healthy stream +200 stream: "Hello!", \[DONE\] +200 stream: "Hello!", \[DONE\]/,
  );

  const [, url = "", body = ""] = /curl -i (\S+) .*-d '(.*)'/.exec(shown) ?? [];
  const headers = { "content-type": "application/json" };
  const response = await Bun.fetch(url, { method: "POST", headers, body });
  expect(response.status).toBe(429);
  demo.kill("SIGINT");
  expect(await demo.exited).toBe(0);
}, 20_000);
