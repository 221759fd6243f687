/**
 * `bun run bench:peers`: what Candor and its peers cost, and how much of the truth comes through each.
 * Installs the peers first. Writes docs/peers.md; a run that options make smaller prints it. On Linux.
 */
import { loadavg } from "node:os";
import { describeMachine } from "../bench-run.ts";
import { readOptions } from "../read-options.ts";
import { measurePeer, type PeerResult } from "./measure.ts";
import { PEERS } from "./peer-list.ts";
import { describePeers } from "./report.ts";

const DOCUMENT = new URL("../../docs/peers.md", import.meta.url).pathname;
const DATA = "/tmp/candor-bench/peers.json";
const USAGE = `bun run bench:peers [options]
  --only IDS      of ${PEERS.map(({ id }) => id).join(", ")}
  --seconds N     how long each is asked in a round (4)
  --rounds N      how many rounds of plain requests, and of streams (3)
  --redraw FILE   writes docs/peers.md again, from ${DATA}`;

const values = readOptions(USAGE, {
  only: { type: "string" },
  seconds: { type: "string", default: "4" },
  rounds: { type: "string", default: "3" },
  redraw: { type: "string" },
});
if (values.redraw !== undefined) {
  await Bun.write(DOCUMENT, describePeers(await Bun.file(values.redraw).json()));
  process.exit(0);
}
const startedAt = Date.now();
const loadBefore = loadavg()[0] ?? Number.NaN;
const only = values.only?.split(",");
const load = { seconds: Number(values.seconds), rounds: Number(values.rounds) };
const peers: PeerResult[] = [];
for (const peer of PEERS.filter(({ id }) => only?.includes(id) ?? true)) {
  const result = await measurePeer(peer, load);
  console.log(JSON.stringify(result));
  peers.push(result);
}
const run = {
  date: new Date(startedAt).toISOString().slice(0, 16).replace("T", " "),
  machine: describeMachine(),
  loadAverages: [loadBefore, loadavg()[0] ?? Number.NaN],
  minutes: (Date.now() - startedAt) / 60_000,
  load,
  peers,
};
await Bun.write(DATA, JSON.stringify(run));
const text = describePeers(run);
if (only === undefined) await Bun.write(DOCUMENT, text);
else console.log(text);
console.log(only === undefined ? DOCUMENT : DATA);
process.exit(0);
