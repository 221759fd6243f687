import { describe, expect, test } from "bun:test";
import {
  inBand,
  record,
  refused,
  repaired,
  unanswered,
} from "../../contracts/observe/made-up-records.ts";
import { createMetrics } from "./metrics.ts";
import type { ExchangeRecord } from "./record.ts";

/** The value of one time series, by its labels in any order; undefined where there is none. */
function valueOf(text: string, name: string, labels: Record<string, string> = {}) {
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const found = lines.find((line) =>
    Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)),
  );
  return found === undefined ? undefined : Number(found.split(" ").at(-1));
}

async function measured(...records: ExchangeRecord[]): Promise<string> {
  const metrics = createMetrics({ version: "1.2.3" });
  for (const each of records) metrics.sink.end(each);
  return (await metrics.respond()).text();
}

test("the answer is Prometheus' text format, and is not stored", async () => {
  const response = await createMetrics({ version: "1" }).respond();
  expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("an exchange is counted by what upstream said, what the client got, and why", async () => {
  const text = await measured(record(), repaired(), repaired());
  const labels = { upstream_status: "200", status: "429", rule: "error-in-event" };
  expect(valueOf(text, "candor_exchanges_total", labels)).toBe(2);
  expect(valueOf(text, "candor_exchanges_total", { rule: "none" })).toBe(1);
});

test("a failure is hidden where upstream's status line said success, in band too", async () => {
  const open = repaired({ rule: "error-status", upstreamStatus: 429 });
  const text = await measured(record(), repaired(), open, inBand(), unanswered(), refused());
  expect(valueOf(text, "candor_hidden_failures_total", { status: "429" })).toBe(1);
  expect(valueOf(text, "candor_hidden_failures_total", { status: "502" })).toBe(1);
  expect(valueOf(text, "candor_upstream_failures_total", { status: "429" })).toBe(2);
  expect(valueOf(text, "candor_upstream_failures_total", { status: "502" })).toBe(2);
});

test("a redirect that was repaired is hidden too: its status line was none of a failure", async () => {
  const text = await measured(repaired({ upstreamStatus: 302, trueStatus: 502, status: 502 }));
  expect(valueOf(text, "candor_hidden_failures_total", { status: "502" })).toBe(1);
});

test("a shutdown of ours is no failure of upstream", async () => {
  const text = await measured(inBand({ rule: "shutdown", trueStatus: 503 }));
  expect(valueOf(text, "candor_hidden_failures_total")).toBeUndefined();
  expect(valueOf(text, "candor_endings_total", { ending: "shutdown" })).toBe(1);
});

test("a histogram is cumulative, and exchanges that share its labels are one series", async () => {
  const text = await measured(
    record({ ms: 20 }),
    record({ ms: 60_000, outcome: "tail-lost" }),
    record({ ms: 700_000 }),
  );
  const bucket = (le: string) =>
    valueOf(text, "http_server_request_duration_seconds_bucket", { le });
  expect(["0.01", "0.025", "30", "60", "600", "+Inf"].map(bucket)).toEqual([0, 1, 1, 2, 2, 3]);
});

test("durations are in seconds, and the first token is a stream's that was relayed", async () => {
  const text = await measured(record(), repaired());
  const name = "http_server_request_duration_seconds";
  expect(valueOf(text, `${name}_sum`, { http_response_status_code: "200" })).toBe(2);
  expect(valueOf(text, `${name}_count`, { error_type: "error-in-event" })).toBe(1);
  expect(valueOf(text, "http_client_request_duration_seconds_count")).toBe(1);
  expect(valueOf(text, "candor_first_token_seconds_count")).toBe(1);
  expect(valueOf(text, "candor_held_seconds_count")).toBe(2);
});

test.each([
  { ending: "cut", ended: inBand() },
  { ending: "silence", ended: inBand({ rule: "silence" }) },
  { ending: "tail-lost", ended: record({ outcome: "tail-lost" }) },
  { ending: "client-left", ended: record({ outcome: "client-left" }) },
  { ending: "client-stalled", ended: record({ outcome: "client-stalled" }) },
])("an answer that ended by $ending is counted", async ({ ending, ended }) => {
  expect(valueOf(await measured(ended), "candor_endings_total", { ending })).toBe(1);
});

test("wrong keys, load shed, holds that ran out and tokens are counted", async () => {
  const shed = refused({ rule: "too-busy", status: 503 });
  const text = await measured(refused(), shed, record({ relayReason: "hold-limit" }));
  expect(valueOf(text, "candor_wrong_keys_total")).toBe(1);
  expect(valueOf(text, "candor_shed_total", { reason: "too-busy" })).toBe(1);
  expect(valueOf(text, "candor_hold_limits_total")).toBe(1);
  expect(valueOf(text, "candor_tokens_total", { type: "output" })).toBe(88);
});

test("what is open is told by where it stands, until it ends", async () => {
  const metrics = createMetrics({ version: "1" });
  const open = record({ state: "holding" });
  metrics.sink.begin?.(open);
  const before = await (await metrics.respond()).text();
  expect(valueOf(before, "candor_open_exchanges", { state: "holding" })).toBe(1);
  open.state = "over";
  metrics.sink.end(open);
  const after = await (await metrics.respond()).text();
  expect(valueOf(after, "candor_open_exchanges", { state: "holding" })).toBe(0);
});

describe("nobody can choose how many time series there are:", () => {
  test("a method that nobody knows is _OTHER", async () => {
    const text = await measured(record({ method: "BREW" }));
    expect(text).toContain('http_request_method="_OTHER"');
    expect(text).not.toContain("BREW");
  });

  test("behind the first fifty routes there is one more", async () => {
    const many = Array.from({ length: 200 }, (_, index) => record({ route: `/${index}` }));
    const text = await measured(...many);
    expect(valueOf(text, "candor_exchanges_total", { route: "other" })).toBe(150);
  });

  test("statuses that upstream makes up are series up to a limit, and none is counted less", async () => {
    const many = Array.from({ length: 6000 }, (_, index) => record({ upstreamStatus: index }));
    const text = await measured(...many, ...many);
    const lines = text.match(/^candor_exchanges_total\{.*$/gm) ?? [];
    expect(lines.length).toBeLessThanOrEqual(5001);
    expect(lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)).toBe(12_000);
  });

  test("no model, path, key, client or id is a label", async () => {
    const text = await measured(repaired({ keyName: "team-a", client: "10.0.0.7" }));
    expect(text).not.toMatch(/gpt-4o|team-a|10\.0\.0\.7|gen-1|req_1|Azure/);
  });
});

test("figures of the process are true, and unknown ones are left out", async () => {
  const metrics = createMetrics({
    version: "1.2.3",
    openFiles: () => 17,
    maxFiles: () => Number.POSITIVE_INFINITY,
    isDraining: () => true,
  });
  const text = await (await metrics.respond()).text();
  const megabytes = (valueOf(text, "process_resident_memory_bytes") ?? 0) / 2 ** 20;
  expect(megabytes).toBeWithin(20, 2000);
  expect(valueOf(text, "process_cpu_seconds_total")).toBeWithin(0, 600);
  const startedAt = valueOf(text, "process_start_time_seconds") ?? 0;
  expect(Math.abs(Date.now() / 1000 - process.uptime() - startedAt)).toBeLessThan(1);
  expect(valueOf(text, "process_open_fds")).toBe(17);
  expect(valueOf(text, "process_max_fds")).toBeUndefined();
  expect(valueOf(text, "candor_draining")).toBe(1);
  expect(valueOf(text, "candor_build_info", { version: "1.2.3" })).toBe(1);
});
