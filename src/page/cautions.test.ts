import { expect, test } from "bun:test";
import { record, unanswered } from "../../contracts/observe/made-up-records.ts";
import { STATUS } from "../../contracts/page/page-server.ts";
import type { ExchangeRecord } from "../observe/record.ts";
import { findCautions } from "./cautions.ts";

const left = (ms: number) => record({ outcome: "client-left", ms });
const settings = (records: ExchangeRecord[], more = {}) =>
  findCautions(records, { ...STATUS, ...more }).map(({ setting }) => setting);

test("where nothing is wrong, there is no warning", () => {
  expect(settings([record(), left(29_900)])).toEqual([]);
});

test("clients that leave after the same round time point to a limit in front of Candor", () => {
  expect(settings([left(30_010), left(30_500), left(29_900)])).toEqual(["FORWARDED_HOLD_MS"]);
  expect(settings([left(22_000), left(41_000), left(35_000)])).toEqual([]);
});

test.each([
  { setting: "DRAIN_TIMEOUT_MS", more: { isDraining: true } },
  { setting: "MAX_CONNECTIONS", more: { openFiles: 800, maxFiles: 1000 } },
  { setting: "MEMORY_LIMIT_MB", more: { memoryBytes: 800, memoryLimitBytes: 1000 } },
])("$setting is named where its limit is near", ({ setting, more }) => {
  expect(settings([], more)).toEqual([setting]);
});

test("a hold that ran out names the setting and how long it was", () => {
  const held = record({ relayReason: "hold-limit", heldMs: 44_900 });
  const [caution] = findCautions([held], STATUS);
  expect(caution?.setting).toBe("STREAM_HOLD_MS");
  expect(caution?.sentence).toContain("44.9 s");
});

test("a certificate that fails is told of with its cause", () => {
  const failed = unanswered({ cause: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" });
  expect(settings([failed])).toEqual(["NODE_EXTRA_CA_CERTS"]);
});

test("an outgoing proxy is suspected only where there is one", () => {
  expect(settings([unanswered()])).toEqual([]);
  expect(settings([unanswered()], { outgoingProxy: "proxy.corp:3128" })).toEqual(["HTTPS_PROXY"]);
});
