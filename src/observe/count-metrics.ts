import { Counter, type Registry } from "prom-client";
import type { Alike, ExchangeTally } from "./exchange-tally.ts";
import type { Labels } from "./tallied-histogram.ts";
import { upstreamFailure } from "./upstream-failure.ts";

/** A counter: what it is called, and the labels under which it counts exchanges that are alike. */
interface CounterSettings {
  name: string;
  help: string;
  labelNames: string[];
  /** Undefined where it does not count them. */
  labelsOf: (alike: Alike) => Labels | undefined;
}

/** Rules and outcomes that say how an answer ended that did not end as answers do. */
const ENDING_RULES = new Set(["cut", "ended-early", "silence", "shutdown"]);
const ENDING_OUTCOMES = new Set(["tail-lost", "client-left", "client-stalled"]);

const COUNTERS: CounterSettings[] = [
  {
    name: "candor_exchanges_total",
    help: "Exchanges, by what upstream said, what the client got, and why.",
    labelNames: ["route", "upstream_status", "status", "outcome", "rule"],
    labelsOf: ({ route, upstreamStatus, status, outcome, rule }) => ({
      route,
      upstream_status: upstreamStatus ?? "none",
      status: status ?? "none",
      outcome,
      rule: rule ?? "none",
    }),
  },
  {
    name: "candor_upstream_failures_total",
    help: "Failures of upstream, the hidden ones included, by their true status.",
    labelNames: ["status"],
    labelsOf: (alike) =>
      upstreamFailure(alike) === "none" ? undefined : { status: alike.trueStatus ?? "none" },
  },
  {
    name: "candor_hidden_failures_total",
    help: "Failures of upstream behind a status line that said success, by their true status.",
    labelNames: ["status"],
    labelsOf: (alike) =>
      upstreamFailure(alike) === "hidden" ? { status: alike.trueStatus ?? "none" } : undefined,
  },
  {
    name: "candor_endings_total",
    help: "Answers that did not end as answers do, by who or what ended them.",
    labelNames: ["ending"],
    labelsOf({ outcome, rule }) {
      if (ENDING_OUTCOMES.has(outcome)) return { ending: outcome };
      return rule !== undefined && ENDING_RULES.has(rule) ? { ending: rule } : undefined;
    },
  },
  {
    name: "candor_bugs_total",
    help: "Exchanges that failed by a bug of Candor's own.",
    labelNames: [],
    labelsOf: ({ outcome }) => (outcome === "bug" ? {} : undefined),
  },
  {
    name: "candor_wrong_keys_total",
    help: "Requests with none of the keys that are known.",
    labelNames: [],
    labelsOf: ({ rule }) => (rule === "wrong-key" ? {} : undefined),
  },
  {
    name: "candor_shed_total",
    help: "Requests turned away with a 503, by the reason.",
    labelNames: ["reason"],
    labelsOf: ({ outcome, status, rule }) =>
      outcome === "refused" && status === 503 ? { reason: rule ?? "none" } : undefined,
  },
];

/** Adds the numbers of exchanges, of failures, and of what ended them. */
export function addCounts(register: Registry, tally: ExchangeTally): void {
  for (const { name, help, labelNames, labelsOf } of COUNTERS) {
    const counter = new Counter({
      name,
      help,
      labelNames,
      registers: [],
      collect() {
        this.reset();
        for (const alike of tally.alike()) {
          const labels = labelsOf(alike);
          if (labels !== undefined) this.inc(labels, alike.count);
        }
      },
    });
    register.registerMetric(counter);
  }
}
