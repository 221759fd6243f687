import { Histogram, type Registry } from "prom-client";
import { createBoundedLabel, MOST_ROUTES, MOST_RULES } from "./bounded-label.ts";
import type { ExchangeRecord } from "./record.ts";

/** OpenTelemetry's buckets for HTTP durations, and more above: answers may take ten minutes. */
const SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300, 600,
];

/** The methods of RFC 9110 and RFC 5789; any other is `_OTHER`, by OpenTelemetry's conventions. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

/** Adds the durations of requests, by OpenTelemetry's HTTP conventions. */
export function addHttpDurations(register: Registry): (record: ExchangeRecord) => void {
  const server = histogram(
    register,
    "http_server_request_duration_seconds",
    "From the request's arrival to the end of the answer.",
    ["http_request_method", "http_route", "http_response_status_code", "error_type"],
  );
  const client = histogram(
    register,
    "http_client_request_duration_seconds",
    "From the request to upstream to the end of its answer.",
    ["http_request_method", "http_response_status_code", "error_type"],
  );
  const route = createBoundedLabel(MOST_ROUTES);
  const rule = createBoundedLabel(MOST_RULES);
  return (record) => {
    const { ms = 0, sentMs, status, upstreamStatus } = record;
    const http_request_method = METHODS.has(record.method) ? record.method : "_OTHER";
    const common = {
      http_request_method,
      ...(record.rule === undefined ? {} : { error_type: rule(record.rule) }),
    };
    const http_route = route(record.route);
    server.observe({ ...common, http_route, ...statusLabel(status) }, ms / 1000);
    if (sentMs === undefined) return;
    client.observe({ ...common, ...statusLabel(upstreamStatus) }, (ms - sentMs) / 1000);
  };
}

/** Adds the durations of an exchange's phases: to upstream's header fields, held, to the first token. */
export function addPhaseDurations(register: Registry): (record: ExchangeRecord) => void {
  const headers = histogram(
    register,
    "candor_upstream_headers_seconds",
    "From the request's arrival to upstream's header fields.",
    ["http_route"],
  );
  const held = histogram(
    register,
    "candor_held_seconds",
    "From upstream's header fields to the status line that the client got.",
    ["http_route"],
  );
  const first = histogram(
    register,
    "candor_first_token_seconds",
    "From the request's arrival to the first byte of a stream that the client got.",
    ["http_route"],
  );
  const route = createBoundedLabel(MOST_ROUTES);
  return ({ route: asked, upstreamMs, heldMs, firstByteMs, stream, outcome, relayReason }) => {
    const http_route = route(asked);
    if (upstreamMs !== undefined) headers.observe({ http_route }, upstreamMs / 1000);
    if (heldMs !== undefined) held.observe({ http_route }, heldMs / 1000);
    if (stream !== true || outcome === "repaired" || relayReason !== "content") return;
    if (firstByteMs !== undefined) first.observe({ http_route }, firstByteMs / 1000);
  };
}

function statusLabel(status: number | undefined) {
  return status === undefined ? {} : { http_response_status_code: status };
}

function histogram<Label extends string>(
  register: Registry,
  name: string,
  help: string,
  labelNames: Label[],
): Histogram<Label> {
  return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [register] });
}
