import { format, markdownTable } from "../statistics.ts";
import { filesFor } from "../stream-files.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { WorkersResult } from "./workers.ts";

/** What the model on paper assumes; all else in it is measured. */
const MODEL = {
  streams: 1_000_000,
  /** Tokens of a fast model in a second. */
  eventsPerSecond: 20,
  /** Of a node's cores, so many are busy at most. */
  cores: 32,
  share: 0.7,
  /** As many as a connection of HTTP/2 usually carries. */
  streamsPerConnection: 100,
  /** To one address of upstream, from one of its own: Linux's `ip_local_port_range`. */
  ports: 28_232,
};

/** The tables of open streams and of workers, and the model for a million streams. */
export function describeScale(open: OpenStreams[], workers: WorkersResult[]): string {
  return [
    markdownTable([
      ["streams open at once", "workers", "memory, MB", "KB for each", "wrong"],
      ...open.map(describeOpen),
    ]),
    markdownTable([
      [
        "workers",
        "plain requests in a second",
        "CPU s per 1,000",
        "busiest worker ÷ even share",
        "CPU s per 100,000 events",
        "first token of 500 streams p99, ms",
        "memory, MB",
        "wrong",
      ],
      ...workers.map(describeWorkers),
    ]),
    describeModel(open.at(-1), workers[0]),
  ].join("\n\n");
}

function describeOpen({ wished, open, workers, megabytes, wrong }: OpenStreams): string[] {
  const streams = open === wished ? count(open) : `${count(open)} of ${count(wished)}`;
  const each = format((megabytes / open) * 1000);
  return [streams, String(workers), format(megabytes), each, String(wrong)];
}

function describeWorkers(result: WorkersResult): string[] {
  const { workers, perSecond, cpuPerRequests, busiest, cpuPerEvents, ...rest } = result;
  const figures = [perSecond, cpuPerRequests, busiest, cpuPerEvents, rest.firstTextP99];
  return [String(workers), ...figures.map(format), format(rest.megabytes), String(rest.wrong)];
}

/** Nodes, memory, files and ports for a million streams. */
function describeModel(most?: OpenStreams, one?: WorkersResult): string {
  if (most === undefined || one === undefined) return "";
  const { streams, eventsPerSecond, cores, share } = MODEL;
  const microseconds = one.cpuPerEvents * 10;
  const coresInAll = (streams * eventsPerSecond * microseconds) / 1e6;
  const nodes = Math.ceil(coresInAll / (cores * share));
  const perNode = Math.ceil(streams / nodes);
  const kilobytes = (most.megabytes / most.open) * 1000;
  const lines = [
    `**A million open streams, on paper.** At ${eventsPerSecond} events a second each, and the ` +
      `${format(microseconds)} µs of processor time that an event takes above, they need ` +
      `${count(Math.ceil(coresInAll))} busy cores: ${nodes} nodes of ${cores} cores that are ` +
      `${share * 100} % busy, with ${count(perNode)} streams each. Processor time is the limit; ` +
      "the rest follows:",
    `- Memory: ${format(kilobytes)} KB a stream, ${format((kilobytes * perNode) / 1e6)} GB a node, ` +
      `beside ${format(one.megabytes)} MB for each worker.`,
    `- Files: two a stream over HTTP/1.1, so \`ulimit -n\` of ${count(filesFor(perNode))} in all workers of ` +
      "a node (a quarter stays free), `MAX_IN_FLIGHT` and `MAX_CONNECTIONS` to match.",
    describePorts(perNode),
    "- The load balancer works on connections (layer 4) and chooses the node with the fewest: a " +
      "stream stays where it began, and a node that drains keeps its streams for `DRAIN_TIMEOUT_MS`.",
  ];
  return lines
    .slice(0, 1)
    .concat("", ...lines.slice(1))
    .join("\n");
}

function describePorts(perNode: number): string {
  const { ports, streamsPerConnection } = MODEL;
  const addresses = Math.ceil(perNode / ports);
  const which = addresses === 2 ? "a second address" : `${addresses} addresses`;
  const need =
    addresses === 1
      ? "which is enough"
      : `so a node needs ${which} of its own, or \`UPSTREAM_HTTP2\``;
  return (
    "- Ports: over HTTP/1.1 as many as streams to one address of upstream, where Linux has " +
    `${count(ports)} by default, ${need}. With \`UPSTREAM_HTTP2\` ${streamsPerConnection} streams ` +
    `share a connection: ${count(Math.ceil(perNode / streamsPerConnection))} connections a node, and ` +
    "one file a stream."
  );
}

function count(value: number): string {
  return value.toLocaleString("en");
}
