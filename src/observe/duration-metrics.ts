import type { Registry } from "prom-client";
import type { Buckets } from "./buckets.ts";
import type { Alike, ExchangeTally, RoutePhases } from "./exchange-tally.ts";
import { type Labels, TalliedHistogram, type TalliedSettings } from "./tallied-histogram.ts";

/** Adds the durations: of requests by OpenTelemetry's HTTP conventions, and of Candor's phases. */
export function addDurations(register: Registry, tally: ExchangeTally): void {
  const add = (name: string, help: string, read: TalliedSettings["read"]) =>
    register.registerMetric(new TalliedHistogram({ name, help, read }));
  add(
    "http_server_request_duration_seconds",
    "From the request's arrival to the end of the answer.",
    () => [...tally.alike()].map((alike) => [serverLabels(alike), alike.server]),
  );
  add(
    "http_client_request_duration_seconds",
    "From the request to upstream to the end of its answer.",
    () =>
      [...tally.alike()].flatMap((alike): [Labels, Buckets][] =>
        isEmpty(alike.client) ? [] : [[clientLabels(alike), alike.client]],
      ),
  );
  const phases = (read: (phases: RoutePhases) => Buckets) => () =>
    [...tally.phases()].map((route): [Labels, Buckets] => [
      { http_route: route.route },
      read(route),
    ]);
  add(
    "candor_upstream_headers_seconds",
    "From the request's arrival to upstream's header fields.",
    phases(({ headers }) => headers),
  );
  add(
    "candor_held_seconds",
    "From upstream's header fields to the status line that the client got.",
    phases(({ held }) => held),
  );
  add(
    "candor_first_token_seconds",
    "From the request's arrival to the first byte of a stream that the client got.",
    phases(({ first }) => first),
  );
}

function serverLabels({ method, route, status, rule }: Alike): Labels {
  return {
    http_request_method: method,
    http_route: route,
    ...statusLabel(status),
    ...errorLabel(rule),
  };
}

function clientLabels({ method, upstreamStatus, rule }: Alike): Labels {
  return { http_request_method: method, ...statusLabel(upstreamStatus), ...errorLabel(rule) };
}

function statusLabel(status: number | undefined): Labels {
  return status === undefined ? {} : { http_response_status_code: status };
}

function errorLabel(rule: string | undefined): Labels {
  return rule === undefined ? {} : { error_type: rule };
}

function isEmpty({ counts }: Buckets): boolean {
  return counts.every((count) => count === 0);
}
