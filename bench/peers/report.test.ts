import { expect, test } from "bun:test";
import type { Cost, PeerResult } from "./measure.ts";
import { describePeers } from "./report.ts";

test("the page says where a peer is better, and names what was not run", () => {
  const page = pageOf(
    peer("candor", "Candor", { plain: cost(0.2), streams: cost(0.8), passed: 10 }),
    peer("nginx", "nginx", { plain: cost(0.05), streams: cost(0.9), passed: 5 }),
    { id: "litellm", name: "LiteLLM", setUp: "one worker a core" },
  );
  expect(page).toContain("- nginx: plain requests cost less.\n");
  expect(page).not.toContain("- Candor:");
  expect(page).toContain("| nginx | 5 | 10 | 50.0 % | `bun bench/peers/grade.ts nginx` |");
  expect(page).toContain("- LiteLLM: not installed on this machine.");
});

test("a peer that broke off is named with what went wrong", () => {
  const broken: PeerResult = { ...peer("portkey", "Portkey", {}), trouble: "it ended" };
  expect(pageOf(broken)).toContain("- Portkey: it ended.");
});

function peer(
  id: string,
  name: string,
  { passed, ...costs }: { plain?: Cost; streams?: Cost; passed?: number },
): PeerResult {
  const truth = passed === undefined ? undefined : { passed, total: 10 };
  return { id, name, setUp: "", version: "1", ...costs, ...(truth && { truth }) };
}

function cost(median: number): Cost {
  return { cpu: { median, least: median, most: median }, requests: 100, wrong: 0 };
}

function pageOf(...peers: PeerResult[]): string {
  return describePeers({
    date: "2026-11-30 00:00",
    machine: "a machine",
    loadAverages: [0, 0],
    minutes: 1,
    load: { seconds: 1, rounds: 1 },
    peers,
  });
}
