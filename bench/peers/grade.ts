/**
 * `bun bench/peers/grade.ts PEER [options of candor grade]`: starts a peer in front of the scripted
 * upstream, prints what `candor grade` says of it, and ends it.
 */
import { GRADE_TIMEOUT_MS } from "../../contracts/clients/gateways/grade.ts";
import { BINARY } from "../candor-version.ts";
import { runToEnd } from "../processes.ts";
import { baseUrlOf, withPeer, vacate } from "./measure.ts";
import type { Target } from "../contenders.ts";
import { PEERS } from "./peer-list.ts";

const [id, ...options] = process.argv.slice(2);
const peer = PEERS.find((one) => one.id === id);
if (peer === undefined) {
  console.error(`usage: bun bench/peers/grade.ts PEER [options of candor grade]
  PEER is one of ${PEERS.map((one) => one.id).join(", ")}`);
  process.exit(2);
}
if ((await peer.version()) === undefined) {
  console.error(`${peer.name} is not installed here: ${peer.install}`);
  process.exit(2);
}
await withPeer(peer, async (target, port, upstream) => {
  // Bun does not notice where a connection that was opened ahead is closed before its first use.
  await askOnce(target);
  await vacate(upstream);
  const fields = Object.entries(target.headers).flatMap((field) => ["-H", field.join(": ")]);
  const only = ["--endpoint", "chat-completions", "--timeout-ms", String(GRADE_TIMEOUT_MS)];
  const place = ["--simulator-port", String(port)];
  const words = [BINARY, "grade", baseUrlOf(target), ...fields, ...only, ...place, ...options];
  console.log(await runToEnd(words));
});
process.exit(0);

async function askOnce({ chatUrl, headers }: Target): Promise<void> {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hello" }] });
  const fields = { "content-type": "application/json", ...headers };
  await (await fetch(chatUrl, { method: "POST", headers: fields, body })).bytes();
}
