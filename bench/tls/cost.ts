import type { Answer } from "../answers.ts";
import { STREAM_EVENTS } from "../chat-answers.ts";
import { type Target, targetOf } from "../contenders.ts";
import { runCosted } from "../load-cost.ts";
import { describeSpread, format, markdownTable, spreadOf } from "../statistics.ts";
import { startOnWay, type Way } from "./ways.ts";

/** What is asked for, and what its processor time is counted for. */
interface Kind {
  answer: Answer;
  title: string;
  concurrency: number;
  /** So many requests are one unit of the column. */
  requestsPerUnit: number;
}

const EVENTS = 100_000 / STREAM_EVENTS.length;
const KINDS: Kind[] = [
  {
    answer: "plain",
    title: "CPU s per 1,000 requests",
    concurrency: 32,
    requestsPerUnit: 1000,
  },
  {
    answer: "burst",
    title: "CPU s per 100,000 events, full speed",
    concurrency: 20,
    requestsPerUnit: EVENTS,
  },
  {
    answer: "events",
    title: "CPU s per 100,000 events, each alone",
    concurrency: 100,
    requestsPerUnit: EVENTS,
  },
];
const SECONDS = 2;

/** Candor's processor time on each way, which have their turns in rounds, as a Markdown table. */
export async function measureCosts(
  ways: { way: Way; url: string }[],
  certificateFile: string,
  rounds: number,
): Promise<string> {
  await using servers = new AsyncDisposableStack();
  const targets: [string, Required<Target>][] = [];
  for (const { way, url } of ways) {
    const server = await startOnWay(way, url, certificateFile);
    servers.defer(() => server.stop());
    targets.push([way.name, targetOf(server)]);
  }
  const rows = new Map(targets.map(([name]) => [name, [name]]));
  for (const kind of KINDS) {
    for (const [name, costs] of await costsOf(kind, targets, rounds)) {
      rows.get(name)?.push(describeSpread(spreadOf(costs), format));
    }
  }
  return markdownTable([["", ...KINDS.map(({ title }) => title)], ...rows.values()]);
}

async function costsOf(
  kind: Kind,
  targets: [string, Required<Target>][],
  rounds: number,
): Promise<Map<string, number[]>> {
  const costs = new Map<string, number[]>(targets.map(([name]) => [name, []]));
  for (const [, target] of targets) await costOf(kind, target);
  for (let round = 0; round < rounds; round++) {
    for (const [name, target] of targets) costs.get(name)?.push(await costOf(kind, target));
  }
  return costs;
}

async function costOf(kind: Kind, target: Required<Target>): Promise<number> {
  const { answer, concurrency, requestsPerUnit } = kind;
  const pace = { concurrency, seconds: SECONDS };
  const { requests, errors, cpuMs } = await runCosted(target, [answer], pace);
  if (errors > 0) throw new Error(`${errors} of ${requests} answers were wrong.`);
  const cost = (cpuMs / 1000 / requests) * requestsPerUnit;
  console.log(`${answer}: ${format(cost)} ${kind.title}`);
  return cost;
}
