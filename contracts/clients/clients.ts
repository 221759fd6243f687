/**
 * `bun run clients`: runs real clients of six languages against a scripted OpenRouter, straight and
 * through the compiled program, and judges what their callers get. README.md beside it has the rules.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildBinary, startBinary } from "../harness/candor-binary.ts";
import { CLIENTS_CACHE } from "./cache.ts";
import { BASE_PATHS, type ClientSet } from "./client-set.ts";
import { keepTrials } from "./kept-trials.ts";
import { runMatrix, type Trial, type Way } from "./matrix.ts";
import { type ClientsOptions, clientsHelp, readClientsOptions } from "./options.ts";
import { count, renewPage } from "./page.ts";
import { startScriptedUpstream } from "./upstream/scripted-upstream.ts";
import { worseAmong, worseLine } from "./worse.ts";

/** Short, so that no client is waited for in vain; nothing else is set. */
const CANDOR = { OPENROUTER_API_KEY: "", STREAM_IDLE_TIMEOUT_MS: "2000" };

const names = [...new Bun.Glob("*/set.ts").scanSync(import.meta.dir)]
  .map((path) => path.replace("/set.ts", ""))
  .toSorted();

const words = Bun.argv.slice(2);
if (words.includes("--help")) {
  console.log(clientsHelp(names));
  process.exit(0);
}
const options = readClientsOptions(words, names);
if ("problem" in options) {
  console.error(`${options.problem}\n\n${clientsHelp(names)}`);
  process.exit(2);
}
process.exit(await run(options));

async function run(call: ClientsOptions): Promise<number> {
  if (!call.isStraightOnly && process.env["CANDOR_BINARY"] === undefined) await buildBinary();
  const worse: string[] = [];
  let missing = 0;
  for (const name of call.sets) {
    const found: { set: ClientSet } = await import(`./${name}/set.ts`);
    const result = await runSet(found.set, call);
    if (result === undefined) missing += 1;
    else worse.push(...result);
  }
  if (worse.length > 0) console.log("\nWorse off with Candor than without it:");
  for (const line of worse) console.log(`  ${line}`);
  if (worse.length > 0) return 1;
  return missing > 0 ? 2 : 0;
}

/** Runs a set and gives what became worse; undefined where it cannot be run here. */
async function runSet(set: ClientSet, call: ClientsOptions): Promise<string[] | undefined> {
  if (Bun.which(set.toolchain.program) === null) {
    console.log(`${set.name} is left out: ${set.toolchain.missing}`);
    return undefined;
  }
  const folder = join(CLIENTS_CACHE, set.name);
  await mkdir(folder, { recursive: true });
  console.log(`${set.name}: installing into ${folder}`);
  try {
    await set.install(folder);
  } catch (error) {
    console.log(`${set.name} is left out: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
  return measureSet(set, folder, call);
}

async function measureSet(set: ClientSet, folder: string, call: ClientsOptions): Promise<string[]> {
  await using upstream = startScriptedUpstream();
  const environment = { ...CANDOR, OPENROUTER_BASE_URL: upstream.url };
  await using candor = call.isStraightOnly ? undefined : await startBinary({ environment });
  const keep = (some: Trial[]) =>
    keepTrials(join(folder, "trials.json"), binary(), set.clients, some);
  let keeping: Promise<unknown> = Promise.resolve();
  const made = await runMatrix(set, {
    folder,
    upstream,
    candorUrl: candor?.url,
    clients: call.clients,
    without: call.without,
    situations: call.situations,
    jobs: call.jobs,
    onProgress: (line) => console.log(line),
    onClient: (own) => {
      for (const one of worseAmong(own)) console.log(`WORSE  ${worseLine(one)}`);
      // So that a run that is interrupted loses no client that is through.
      if (call.isForPage) keeping = keeping.then(() => keep(own));
    },
  });
  const measured = call.isForPage ? await set.measure?.(folder, binary()) : undefined;
  await keeping;
  const trials = call.isForPage && made.length > 0 ? await keep(made) : made;
  printCounts(set.name, trials);
  if (call.isForPage) {
    const page = (await Bun.file(call.page).exists()) ? await Bun.file(call.page).text() : "";
    const { name, notes = "", clients } = set;
    const markdown = measured?.markdown ?? "";
    const result = { name, clients, trials, notes, markdown };
    await Bun.write(call.page, renewPage(page, result, names));
  }
  return [...worseAmong(trials).map(worseLine), ...(measured?.worse ?? [])];
}

function printCounts(name: string, trials: Trial[]): void {
  for (const way of ["straight", ...BASE_PATHS] satisfies Way[]) {
    const met = trials.filter(({ seen }) => seen[way] !== undefined);
    if (met.length === 0) continue;
    const silent = count(met, way, ["silent success"]);
    const right = count(met, way, ["right"]);
    console.log(
      `${name}, ${way}: ${silent} failures taken for success, ${right} of ${met.length} right`,
    );
  }
}

function binary(): string {
  return process.env["CANDOR_BINARY"] ?? join(import.meta.dir, "../../dist/candor");
}
