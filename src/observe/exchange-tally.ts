import { createBoundedLabel, MOST_ROUTES, MOST_RULES } from "./bounded-label.ts";
import { type Buckets, emptyBuckets, observe } from "./buckets.ts";
import type { ExchangeRecord, Outcome } from "./record.ts";

/** Exchanges that are alike: all that their labels are made from is the same. */
export interface Alike {
  method: string;
  route: string;
  upstreamStatus: number | undefined;
  status: number | undefined;
  trueStatus: number | undefined;
  outcome: Outcome;
  rule: string | undefined;
  count: number;
  /** From the request's arrival to the end, and from the request to upstream to the end. */
  server: Buckets;
  client: Buckets;
}

/** The durations of the phases of a route's exchanges. */
export interface RoutePhases {
  route: string;
  headers: Buckets;
  held: Buckets;
  first: Buckets;
}

/** Counts exchanges for metrics that are put together only when somebody reads them. */
export interface ExchangeTally {
  count(record: ExchangeRecord): void;
  alike(): Iterable<Alike>;
  phases(): Iterable<RoutePhases>;
}

/** The methods of RFC 9110 and RFC 5789; any other is `_OTHER`, by OpenTelemetry's conventions. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

/** How many kinds of exchanges are told apart. Honest traffic has some dozens. */
const MOST_ALIKE = 5000;

/** Creates a tally. */
export function createExchangeTally(): ExchangeTally {
  const byKey = new Map<string, Alike>();
  const byRoute = new Map<string, RoutePhases>();
  const routeName = createBoundedLabel(MOST_ROUTES);
  const ruleName = createBoundedLabel(MOST_RULES);

  function alikeOf(record: ExchangeRecord, key: string): Alike {
    // Beyond the limit there are only statuses that upstream makes up: they are counted as one kind.
    const place = byKey.size < MOST_ALIKE ? key : "";
    const other = byKey.get(place);
    if (other !== undefined) return other;
    const { upstreamStatus, status, trueStatus, outcome = "relayed", rule } = record;
    const alike: Alike = {
      method: METHODS.has(record.method) ? record.method : "_OTHER",
      route: routeName(record.route),
      upstreamStatus,
      status,
      trueStatus,
      outcome,
      rule: rule === undefined ? undefined : ruleName(rule),
      count: 0,
      server: emptyBuckets(),
      client: emptyBuckets(),
    };
    byKey.set(place, alike);
    return alike;
  }
  function phasesOf(route: string): RoutePhases {
    const name = routeName(route);
    const known = byRoute.get(name);
    if (known !== undefined) return known;
    const phases = {
      route: name,
      headers: emptyBuckets(),
      held: emptyBuckets(),
      first: emptyBuckets(),
    };
    byRoute.set(name, phases);
    return phases;
  }
  return {
    count(record) {
      const { ms = 0, sentMs, status, trueStatus, outcome, rule } = record;
      const key = `${record.method} ${record.route} ${record.upstreamStatus} ${status} ${trueStatus} ${outcome} ${rule}`;
      const alike = byKey.get(key) ?? alikeOf(record, key);
      alike.count += 1;
      observe(alike.server, ms);
      if (sentMs !== undefined) observe(alike.client, ms - sentMs);
      countPhases(phasesOf(record.route), record);
    },
    alike: () => byKey.values(),
    phases: () => byRoute.values(),
  };
}

function countPhases(phases: RoutePhases, record: ExchangeRecord): void {
  const { upstreamMs, heldMs, firstByteMs, stream, outcome, relayReason } = record;
  if (upstreamMs !== undefined) observe(phases.headers, upstreamMs);
  if (heldMs !== undefined) observe(phases.held, heldMs);
  const isFirst = stream === true && outcome !== "repaired" && relayReason === "content";
  if (isFirst && firstByteMs !== undefined) observe(phases.first, firstByteMs);
}
