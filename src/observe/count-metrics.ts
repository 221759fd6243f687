import { Counter, type Registry } from "prom-client";
import { createBoundedLabel, MOST_ROUTES, MOST_RULES } from "./bounded-label.ts";
import type { ExchangeRecord } from "./record.ts";
import { upstreamFailure } from "./upstream-failure.ts";

/** Rules that say how a stream ended. */
const ENDING_RULES = new Set(["cut", "ended-early", "silence", "shutdown"]);
const ENDING_OUTCOMES = new Set(["tail-lost", "client-left", "client-stalled"]);

function endingOf({ outcome, rule }: ExchangeRecord): string | undefined {
  if (outcome !== undefined && ENDING_OUTCOMES.has(outcome)) return outcome;
  return rule !== undefined && ENDING_RULES.has(rule) ? rule : undefined;
}

/** Adds the numbers of exchanges, of failures, and of what ended them. */
export function addExchangeCounts(register: Registry): (record: ExchangeRecord) => void {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers: [register] });
  const exchanges = counter(
    "candor_exchanges_total",
    "Exchanges, by what upstream said, what the client got, and why.",
    ["route", "upstream_status", "status", "outcome", "rule"],
  );
  const failures = counter(
    "candor_upstream_failures_total",
    "Failures of upstream, the hidden ones included, by their true status.",
    ["status"],
  );
  const hidden = counter(
    "candor_hidden_failures_total",
    "Failures of upstream behind a status line that said success, by their true status.",
    ["status"],
  );
  const endings = counter(
    "candor_endings_total",
    "Answers that did not end as answers do, by who or what ended them.",
    ["ending"],
  );
  const holds = counter("candor_hold_limits_total", "Streams whose hold ran out (STREAM_HOLD_MS).");
  const keys = counter("candor_wrong_keys_total", "Requests with none of the keys that are known.");
  const bugs = counter("candor_bugs_total", "Exchanges that failed by a bug of Candor's own.");
  const shed = counter("candor_shed_total", "Requests turned away with a 503, by the reason.", [
    "reason",
  ]);
  const route = createBoundedLabel(MOST_ROUTES);
  const rules = createBoundedLabel(MOST_RULES);
  return (record) => {
    const { outcome = "relayed", rule, status, trueStatus = 0 } = record;
    const label = rule === undefined ? "none" : rules(rule);
    exchanges.inc({
      route: route(record.route),
      upstream_status: record.upstreamStatus ?? "none",
      status: status ?? "none",
      outcome,
      rule: label,
    });
    const failure = upstreamFailure(record);
    if (failure !== "none") failures.inc({ status: trueStatus });
    if (failure === "hidden") hidden.inc({ status: trueStatus });
    const ending = endingOf(record);
    if (ending !== undefined) endings.inc({ ending });
    if (record.relayReason === "hold-limit") holds.inc();
    if (outcome === "bug") bugs.inc();
    if (rule === "wrong-key") keys.inc();
    if (outcome === "refused" && status === 503) shed.inc({ reason: label });
  };
}
