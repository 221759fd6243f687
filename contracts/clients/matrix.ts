import { openClient } from "./client-process.ts";
import type { BasePath, ClientSet, Kind, SetClient } from "./client-set.ts";
import type { Seen } from "./seen.ts";
import { type Situation, SITUATIONS } from "./situations.ts";
import type { ScriptedUpstream } from "./upstream/scripted-upstream.ts";

/** How a client reaches upstream: by itself, or by one of Candor's base URLs. */
export type Way = "straight" | BasePath;

/** A client in a situation: what its caller got on each way. */
export interface Trial {
  client: SetClient;
  situation: Situation;
  seen: Partial<Record<Way, Seen>>;
}

/** What is run, and on what. */
export interface MatrixOptions {
  folder: string;
  upstream: ScriptedUpstream;
  /** Candor's own address; undefined for the straight way only. */
  candorUrl: string | undefined;
  /** By name, or by a word in the name; all where the list is empty. */
  clients: string[];
  without: string[];
  situations: string[];
  /** How many clients run at the same time. */
  jobs: number;
  onProgress: (line: string) => void;
  /** Called when a client has been in all situations on all ways. */
  onClient: (trials: Trial[]) => void;
}

/** Seconds that a client is given to give a silent stream up; some would wait for ten minutes. */
const SILENCE_LIMIT_SECONDS = 8;

/** One client on one way, through all of its situations. */
interface Job {
  client: SetClient;
  way: Way;
  /** How many ways there are. */
  ways: number;
  trials: Trial[];
}

let questions = 0;

/** Puts the clients of a set into every situation that they can meet, on every way. */
export async function runMatrix(set: ClientSet, options: MatrixOptions): Promise<Trial[]> {
  const { clients, without } = options;
  const leftOut = without.flatMap((word) => named(set.clients, word));
  const chosen = anyNamed(set.clients, clients).filter((client) => !leftOut.includes(client));
  const jobs = chosen.flatMap((client) => jobsOf(client, options));
  const upcoming = jobs.values();
  const work = async () => {
    for (const job of upcoming) {
      await runJob(job, options);
      const isOver = job.trials.every(({ seen }) => Object.keys(seen).length === job.ways);
      if (isOver) options.onClient(job.trials);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return jobs.filter(({ way }) => way === "straight").flatMap(({ trials }) => trials);
}

/** The kind by which a client meets a situation; undefined where it cannot. */
export function kindFor(client: SetClient, situation: Situation): Kind | undefined {
  return situation.kinds.find((kind) => client.kinds.includes(kind));
}

/** The one of that name, or all that have the word in their names. */
function named<T extends { name: string }>(all: T[], word: string): T[] {
  const one = all.filter(({ name }) => name === word);
  return one.length > 0 ? one : all.filter(({ name }) => name.includes(word));
}

function anyNamed<T extends { name: string }>(all: T[], words: string[]): T[] {
  const chosen = words.flatMap((word) => named(all, word));
  return words.length === 0 ? all : all.filter((one) => chosen.includes(one));
}

function jobsOf(client: SetClient, { candorUrl, situations }: MatrixOptions): Job[] {
  const met = anyNamed(SITUATIONS, situations).filter((one) => kindFor(client, one) !== undefined);
  const trials = met.map((situation): Trial => ({ client, situation, seen: {} }));
  const ways: Way[] = candorUrl === undefined ? ["straight"] : ["straight", ...client.paths];
  return ways.map((way) => ({ client, way, ways: ways.length, trials }));
}

async function runJob({ client, way, trials }: Job, options: MatrixOptions): Promise<void> {
  const { upstream, candorUrl = "", folder, onProgress } = options;
  const baseUrl = way === "straight" ? upstream.url : candorUrl + way;
  await using askable = openClient(client, folder);
  for (const trial of trials) {
    const { situation } = trial;
    questions += 1;
    const model = `matrix/${situation.name}-${questions}`;
    const start = performance.now();
    const isSilent = situation.name === "silence" && way === "straight";
    const limit = isSilent ? SILENCE_LIMIT_SECONDS : undefined;
    const kind = kindFor(client, situation) ?? "plain";
    const report = await askable.ask({ baseUrl, model, kind, asked: upstream.asked(model) }, limit);
    const seconds = (performance.now() - start) / 1000;
    const seen = { ...report, requests: upstream.requestsFor(model), seconds };
    trial.seen[way] = seen;
    onProgress(`${client.name}, ${way}, ${situation.name}: ${describe(seen)}`);
  }
}

function describe({ outcome, class: name, status, message, requests, seconds }: Seen): string {
  const words = outcome === "error" ? `${name} ${status ?? ""}`.trim() : outcome;
  const quote = message === "" ? "" : ` "${message.slice(0, 120).replaceAll(/\s+/g, " ")}"`;
  return `${words}${quote}, ${requests} request${requests === 1 ? "" : "s"}, ${seconds.toFixed(1)} s`;
}
