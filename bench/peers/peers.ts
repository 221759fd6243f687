/**
 * `bun run bench:peers`: what Candor and its peers cost, and how much of the truth comes through each.
 * Installs the peers first. Writes docs/peers.md; a run with options prints it. On Linux.
 */
import { candorVersion, refuseDirty } from "../candor-version.ts";
import { noteRun } from "../describe-run.ts";
import { DOCS_FOLDER, isWholeRun } from "../document.ts";
import { readOptions } from "../read-options.ts";
import { measurePeer, type PeerResult } from "./measure.ts";
import { PEERS } from "./peer-list.ts";
import { describePeers, drawPeers, type PeerRun } from "./report.ts";

const DATA = "/tmp/candor-bench/peers.json";
const USAGE = `bun run bench:peers [options]
  --only IDS      of ${PEERS.map(({ id }) => id).join(", ")}
  --seconds N     how long each is asked in a round (3)
  --rounds N      how many rounds of plain requests, and of streams (3)
  --redraw FILE   writes docs/peers.md again, from ${DATA} of a whole run`;

const values = readOptions(USAGE, {
  only: { type: "string" },
  seconds: { type: "string", default: "3" },
  rounds: { type: "string", default: "3" },
  redraw: { type: "string" },
});
if (values.redraw !== undefined) {
  await writeDocuments(await Bun.file(values.redraw).json());
  process.exit(0);
}
if (isWholeRun) refuseDirty(candorVersion());
const placeOfRun = noteRun();
const only = values.only?.split(",");
const load = { seconds: Number(values.seconds), rounds: Number(values.rounds) };
const peers: PeerResult[] = [];
for (const peer of PEERS.filter(({ id }) => only?.includes(id) ?? true)) {
  const result = await measurePeer(peer, load);
  console.log(JSON.stringify(result));
  peers.push(result);
}
const run: PeerRun = { ...placeOfRun(), load, peers };
if (isWholeRun) {
  await Bun.write(DATA, JSON.stringify(run));
  await writeDocuments(run);
} else console.log(describePeers(run));
process.exit(0);

async function writeDocuments(result: PeerRun): Promise<void> {
  refuseDirty(result.peers.find(({ id }) => id === "candor")?.version);
  await Bun.write(`${DOCS_FOLDER}/peers.md`, describePeers(result));
  await Bun.write(`${DOCS_FOLDER}/bench-peers.svg`, drawPeers(result));
  console.log(`${DOCS_FOLDER}/peers.md`);
}
