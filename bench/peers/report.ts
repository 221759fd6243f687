import { GRADE_TIMEOUT_MS } from "../../contracts/clients/gateways/grade.ts";
import { describeRun, type RunPlace } from "../describe-run.ts";
import { barsPanel, drawSheet } from "../plot.ts";
import { describeSpread, format, markdownTable } from "../statistics.ts";
import type { Cost, PeerLoad, PeerResult } from "./measure.ts";

/** All that was measured, where and when. */
export interface PeerRun extends RunPlace {
  load: PeerLoad;
  peers: PeerResult[];
}

const CANDOR = "candor";

/** Gateways that are compared with Candor elsewhere, and why they are not here. */
const NOT_RUN = [
  ["Bifrost", "its Go module could not be downloaded here"],
  ["one-api, new-api", "they are set up by hand, on their pages and in a database"],
];

/** A plot of how much of the truth comes through each. */
export function drawPeers({ peers }: PeerRun): string {
  const bars = peers.flatMap(({ id, name, truth }) => {
    if (truth === undefined) return [];
    const share = (truth.passed / truth.total) * 100;
    const color = id === CANDOR ? "#d9730d" : "#9aa3ad";
    return [{ name, color, median: share, least: share, most: share }];
  });
  const panel = barsPanel("of all cases of candor grade", "% passed", bars, (share) =>
    share.toFixed(1),
  );
  return drawSheet("How much of the truth comes through", [panel], 1);
}

/** The page docs/peers.md. */
export function describePeers(run: PeerRun): string {
  const { peers, load } = run;
  return `${[
    "# Candor beside its peers",
    `Written by ${describeRun("bun run bench:peers", run)}. \`bun bench/peers/install.ts\` installs the ` +
      "peers; the table says how each is set up.",
    "A peer may do more than Candor: LiteLLM and Portkey speak to many providers, route, and count " +
      "money. Candor does one thing. Who needs the others can put Candor behind them: " +
      "[gateways](gateways.md).",
    markdownTable([["", "version", "set-up"], ...peers.map(describeSetUp)]),
    "## Truth",
    "`candor grade` sends each peer all cases of chat completions, with a scripted upstream behind it, " +
      "and counts those whose answer a client can go by: failures that look like failures, and answers " +
      `that are unchanged. An answer may take ${GRADE_TIMEOUT_MS / 1000} seconds.`,
    markdownTable([
      ["", "cases passed", "of", "share", "repeat with"],
      ...peers.filter(({ truth }) => truth !== undefined).map(describeTruth),
    ]),
    "![How much of the truth comes through](bench-peers.svg)",
    "## Cost",
    "Processor time of all processes of a peer, user and system, in seconds: for 1,000 small plain " +
      "requests, and for 1,000 streams of 100 events that upstream writes as fast as they are taken. " +
      `16 connections, ${load.rounds} rounds of ${load.seconds} seconds, medians (least–most). *Wrong* ` +
      "are answers with another text, or none.",
    markdownTable([
      ["", "1,000 requests", "× Candor", "1,000 streams", "× Candor", "wrong", "repeat with"],
      ...peers
        .filter(({ plain, streams }) => plain ?? streams)
        .map((peer) => describeCost(peer, peers)),
    ]),
    "## Where a peer is better",
    describeBetter(peers),
    "## Not run",
    [...NOT_RUN, ...peers.flatMap(describeMissing)]
      .map(([name, reason]) => `- ${name}: ${reason}.`)
      .join("\n"),
  ].join("\n\n")}\n`;
}

function describeSetUp({ name, version, setUp }: PeerResult): string[] {
  return [name, version ?? "not installed", setUp];
}

function describeTruth({ id, name, truth }: PeerResult): string[] {
  const { passed = 0, total = 0 } = truth ?? {};
  const share = `${((passed / total) * 100).toFixed(1)} %`;
  return [name, String(passed), String(total), share, `\`bun bench/peers/grade.ts ${id}\``];
}

function describeCost({ id, name, plain, streams }: PeerResult, peers: PeerResult[]): string[] {
  const candor = peers.find((peer) => peer.id === CANDOR);
  const wrong = (plain?.wrong ?? 0) + (streams?.wrong ?? 0);
  const requests = (plain?.requests ?? 0) + (streams?.requests ?? 0);
  return [
    name,
    ...describeOne(plain, candor?.plain),
    ...describeOne(streams, candor?.streams),
    wrong === 0 ? "0" : `${wrong} of ${requests.toLocaleString("en")}`,
    `\`bun run bench:peers --only candor,${id}\``.replace("candor,candor", CANDOR),
  ];
}

function describeOne(cost: Cost | undefined, candor: Cost | undefined): string[] {
  if (cost === undefined) return ["–", "–"];
  const ratio = candor === undefined ? "–" : format(cost.cpu.median / candor.cpu.median);
  return [describeSpread(cost.cpu, format), ratio];
}

/** A sentence for each peer that is ahead of Candor in something. */
function describeBetter(peers: PeerResult[]): string {
  const candor = peers.find((peer) => peer.id === CANDOR);
  const lines = peers.flatMap((peer) => {
    if (candor === undefined || peer.id === CANDOR) return [];
    const better = [
      isLess(peer.plain?.cpu.median, candor.plain?.cpu.median) ? "plain requests cost less" : [],
      isLess(peer.streams?.cpu.median, candor.streams?.cpu.median) ? "streams cost less" : [],
      isLess(candor.truth?.passed, peer.truth?.passed) ? "more cases pass" : [],
    ].flat();
    return better.length === 0 ? [] : [`- ${peer.name}: ${better.join(", ")}.`];
  });
  return lines.length === 0 ? "In none of these figures." : lines.join("\n");
}

function isLess(one = Number.NaN, other = Number.NaN): boolean {
  return one < other;
}

function describeMissing({ name, version, trouble }: PeerResult): string[][] {
  if (version === undefined) return [[name, "not installed on this machine"]];
  // A path of this machine's is of no use to readers.
  return trouble === undefined
    ? []
    : [[name, trouble.replaceAll(/\/\S*\//g, "").replace(/\.$/, "")]];
}
