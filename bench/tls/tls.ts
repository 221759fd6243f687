/**
 * `bun run bench:tls`: what TLS to upstream costs Candor, over HTTP/1.1 and over HTTP/2
 * (UPSTREAM_HTTP2), and what bursts of cold streams get on each. Writes a part of docs/performance.md,
 * unless it is given options. On Linux.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeRun, noteRun } from "../describe-run.ts";
import { isWholeRun, PERFORMANCE, writePart } from "../document.ts";
import { startServer } from "../processes.ts";
import { readOptions } from "../read-options.ts";
import { measureBursts } from "./bursts.ts";
import { measureCosts } from "./cost.ts";
import { WAYS } from "./ways.ts";

const USAGE = `bun run bench:tls [options]
  --rounds N        how often each way has its turn (3)
  --round-trip MS   how far away upstream is in the bursts (60)
  --only PART       of cost, bursts`;
const UPSTREAM = new URL("../upstream.ts", import.meta.url).pathname;

const values = readOptions(USAGE, {
  rounds: { type: "string", default: "3" },
  "round-trip": { type: "string", default: "60" },
  only: { type: "string" },
});
const folder = await mkdtemp(join(tmpdir(), "candor-tls-"));
const certificate = join(folder, "authority.pem");
const placeOfRun = noteRun();
const servers = new AsyncDisposableStack();
servers.defer(() => rm(folder, { recursive: true }));
const plain = await startServer([process.execPath, UPSTREAM]);
servers.defer(() => plain.stop());
const encrypted = await startServer([process.execPath, UPSTREAM, "0", certificate]);
servers.defer(() => encrypted.stop());
const ways = WAYS.map((way) => ({ way, url: way.isEncrypted ? encrypted.url : plain.url }));

const tables: string[] = [];
if (values.only !== "bursts")
  tables.push(await measureCosts(ways, certificate, Number(values.rounds)));
if (values.only !== "cost") {
  const far = WAYS.filter(({ isEncrypted }) => isEncrypted);
  const distance = Number(values["round-trip"]);
  tables.push(await measureBursts(far, encrypted.url, certificate, distance));
}
const report = [describeRun("bun run bench:tls", placeOfRun()), ...tables].join("\n\n");
console.log(report);
if (isWholeRun) await writePart(PERFORMANCE, "tls", report);
await servers.disposeAsync();
process.exit(0);
