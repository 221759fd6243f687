/**
 * `bun bench/hostile/hostile.ts [--only WORDS]`: sets hostile clients before the compiled binary, one kind
 * after the other, and says what they got, how long they could stay, what it took, and how long an
 * honest client had to wait meanwhile. On Linux, after `bun run build`.
 */
import { connectTo, type RawClient } from "../../contracts/harness/raw-client.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { type Attack, ATTACKS } from "./attacks.ts";
import { markdownTable } from "../statistics.ts";
import { startWatched, type WatchedProcess } from "../watched-process.ts";
import { readOptions } from "../read-options.ts";

const BINARY = new URL("../../dist/candor", import.meta.url).pathname;
const SETTINGS = { PORT: "0", OPENROUTER_API_KEY: "made-up" };

/** How long clients are watched. */
const PATIENCE_MS = 40_000;
const LARGEST_BODY = 4_000_000;
const REQUEST_TIMEOUT_MS = 5000;

const SAMPLE_MS = 50;
const MB = 1_000_000;
const HONEST = JSON.stringify({ messages: [{ role: "user", content: "Hello" }] });

/** How long an honest client waited at most, and the most memory there was. */
interface Watch {
  waitMs: number;
  anonymousBytes: number;
}

const USAGE = `bun bench/hostile/hostile.ts [options]
  --only WORDS   only attacks with these words in their name`;

const values = readOptions(USAGE, { only: { type: "string", default: "" } });
const answer = loadFixtures().get("chat-completions/200-success")?.response;
const simulator = startSimulator({ answer: () => answer });
const rows: string[][] = [];
for (const attack of ATTACKS.filter(({ name }) => name.includes(values.only))) {
  rows.push(await measure(attack));
}
const head = [
  "clients",
  "what they do",
  "answers",
  "closed after",
  "sent",
  "memory",
  "CPU",
  "honest",
];
console.log(markdownTable([head, ...rows]));
console.log(
  `\nBodies up to ${LARGEST_BODY / MB} MB, for ${REQUEST_TIMEOUT_MS / 1000} s; watched for ` +
    `${PATIENCE_MS / 1000} s. Memory: growth at its peak. Honest: the longest wait for an answer.`,
);
await simulator.stop();
process.exit(0);

async function measure(attack: Attack): Promise<string[]> {
  await using candor = await startWatched(
    [BINARY],
    {
      ...SETTINGS,
      OPENROUTER_BASE_URL: simulator.url,
      MAX_BODY_BYTES: String(LARGEST_BODY),
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    },
    () => {},
  );
  for (let asked = 0; asked < 200; asked++) await askHonestly(candor);
  const before = candor.sample();
  const startedAt = performance.now();
  const clients = await connectMany(candor.url, attack);
  const closedAfterMs: number[] = [];
  const closing = clients.map(async ({ closed }) => {
    await closed;
    closedAfterMs.push(performance.now() - startedAt);
  });
  const isOver = Promise.race([Promise.all(closing), Bun.sleep(PATIENCE_MS)]);
  const watch = await watchUntil(isOver, candor);
  const cpuMs = candor.sample().cpuMs - before.cpuMs;
  const sentBytes = clients.reduce((sum, client) => sum + client.sentBytes(), 0);
  for (const client of clients) client.reset();
  return [
    attack.connections.toLocaleString("en"),
    attack.name,
    describeAnswers(clients),
    describeTimes(closedAfterMs, clients.length),
    `${(sentBytes / MB).toFixed(1)} MB`,
    `${((watch.anonymousBytes - before.anonymousBytes) / MB).toFixed(1)} MB`,
    `${cpuMs} ms`,
    `${watch.waitMs.toFixed(0)} ms`,
  ];
}

/** Not all at once: the kernel's queue of new connections is short. */
async function connectMany(url: string, { connections, run }: Attack): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  while (clients.length < connections) {
    const size = Math.min(50, connections - clients.length);
    const some = await Promise.all(Array.from({ length: size }, () => connectTo(url)));
    for (const client of some) run(client);
    clients.push(...some);
  }
  return clients;
}

/** Asks honestly, again and again, and looks at the memory, until something is over. */
async function watchUntil(isOver: Promise<unknown>, candor: WatchedProcess): Promise<Watch> {
  const watch: Watch = { waitMs: 0, anonymousBytes: 0 };
  const over = isOver.then(() => true);
  do {
    const startedAt = performance.now();
    await askHonestly(candor);
    watch.waitMs = Math.max(watch.waitMs, performance.now() - startedAt);
    watch.anonymousBytes = Math.max(watch.anonymousBytes, candor.sample().anonymousBytes);
  } while (!(await Promise.race([over, Bun.sleep(SAMPLE_MS).then(() => false)])));
  return watch;
}

async function askHonestly({ url }: WatchedProcess): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/proxy`, { method: "POST", headers, body: HONEST });
  await response.bytes();
  if (response.status !== 200) throw new Error(`An honest client got ${response.status}.`);
}

/** The status lines that clients got, each with its number. */
function describeAnswers(clients: RawClient[]): string {
  const counts = new Map<string, number>();
  for (const client of clients) {
    const statuses = [...client.received().matchAll(/HTTP\/1\.1 (\d{3}) /g)];
    for (const [, status = ""] of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  if (counts.size === 0) return "none";
  return [...counts]
    .map(([status, count]) => `${count.toLocaleString("en")} × ${status}`)
    .join(", ");
}

function describeTimes(timesMs: number[], all: number): string {
  const open = all - timesMs.length;
  const [first, last] = [Math.min(...timesMs), Math.max(...timesMs)].map((ms) => ms / 1000);
  const closed = timesMs.length === 0 ? "" : `${first?.toFixed(1)}–${last?.toFixed(1)} s`;
  return open === 0 ? closed : `${closed} (${open.toLocaleString("en")} still open)`.trim();
}
