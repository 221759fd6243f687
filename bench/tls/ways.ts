import { startCandor } from "../contenders.ts";
import type { ServerProcess } from "../processes.ts";

/** A way for Candor to reach upstream. */
export interface Way {
  name: string;
  /** What Candor is told beside the usual. */
  environment: Record<string, string>;
  isEncrypted: boolean;
}

/** What is compared, the cheapest first. */
export const WAYS: Way[] = [
  { name: "HTTP", environment: {}, isEncrypted: false },
  { name: "HTTPS, HTTP/1.1", environment: { UPSTREAM_HTTP2: "false" }, isEncrypted: true },
  { name: "HTTPS, HTTP/2", environment: { UPSTREAM_HTTP2: "true" }, isEncrypted: true },
];

/** Starts Candor on a way to the upstream at a URL, whose certificate it trusts. */
export function startOnWay(
  { environment }: Way,
  url: string,
  certificateFile: string,
): Promise<ServerProcess> {
  return startCandor({ url }, undefined, { ...environment, NODE_EXTRA_CA_CERTS: certificateFile });
}
