import type { ExchangeRecord } from "../observe/record.ts";
import { bytes, counted, duration, percent } from "./display.ts";
import type { PageStatus } from "./wire.ts";

/** A warning that names the setting to change. */
export interface Caution {
  /** The setting, or what else is to be looked at. */
  setting: string;
  sentence: string;
}

/** Times after which clients and proxies commonly give up on a silent answer. */
const COMMON_LIMITS_S = [10, 15, 20, 30, 50, 60, 100, 120];
const SHARPNESS_MS = 1200;
const FEWEST_LEAVING = 3;

const NEAR = 0.7;

/** Causes that a certificate is behind, by the codes of Bun's `fetch`. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|EPROTO/;

/** What somebody who runs Candor can set right, by what has been seen lately and is true now. */
export function findCautions(records: ExchangeRecord[], status: PageStatus): Caution[] {
  return [
    draining(status),
    files(status),
    memory(status),
    certificate(records),
    outgoingProxy(records, status),
    ...sharpLeavings(records),
    holdRunsOut(records),
  ].filter((caution) => caution !== undefined);
}

function draining({ isDraining }: PageStatus): Caution | undefined {
  if (!isDraining) return undefined;
  const sentence = "Candor is shutting down: open answers may finish, new requests go elsewhere.";
  return { setting: "DRAIN_TIMEOUT_MS", sentence };
}

function files({ openFiles, maxFiles }: PageStatus): Caution | undefined {
  if (openFiles === undefined || maxFiles === undefined) return undefined;
  if (openFiles < maxFiles * NEAR) return undefined;
  const share = percent(openFiles, maxFiles);
  const sentence = `${openFiles} files and sockets are open, ${share} of what may be: raise ulimit -n.`;
  return { setting: "MAX_CONNECTIONS", sentence };
}

function memory({ memoryBytes, memoryLimitBytes }: PageStatus): Caution | undefined {
  if (memoryBytes === undefined || memoryLimitBytes === undefined) return undefined;
  if (memoryBytes < memoryLimitBytes * NEAR) return undefined;
  const sentence = `${bytes(memoryBytes)} of ${bytes(memoryLimitBytes)} are used: beyond that, new requests get 503.`;
  return { setting: "MEMORY_LIMIT_MB", sentence };
}

function certificate(records: ExchangeRecord[]): Caution | undefined {
  const failed = records.filter(({ cause }) => cause !== undefined && CERTIFICATE.test(cause));
  const cause = failed.at(-1)?.cause;
  if (cause === undefined) return undefined;
  const sentence = `OpenRouter's certificate was not accepted (${cause}, ${counted(failed.length, "time")}): something between takes TLS apart. Name its authority's file.`;
  return { setting: "NODE_EXTRA_CA_CERTS", sentence };
}

function outgoingProxy(
  records: ExchangeRecord[],
  { outgoingProxy: host }: PageStatus,
): Caution | undefined {
  if (host === undefined) return undefined;
  const failed = records.filter(
    ({ rule, cause = "" }) => rule === "unreachable" && !CERTIFICATE.test(cause),
  );
  if (failed.length === 0) return undefined;
  const sentence = `${counted(failed.length, "request")} did not get through, and all go by way of ${host}: is that proxy up?`;
  return { setting: "HTTPS_PROXY", sentence };
}

/** Clients that leave after the same round time are sent away by a limit, not by people. */
function sharpLeavings(records: ExchangeRecord[]): Caution[] {
  const left = records.filter(({ outcome }) => outcome === "client-left");
  return COMMON_LIMITS_S.flatMap((seconds) => {
    const sharp = left.filter(({ ms = 0 }) => Math.abs(ms - seconds * 1000) < SHARPNESS_MS);
    if (sharp.length < FEWEST_LEAVING) return [];
    const sentence = `${sharp.length} clients left after ${seconds} s sharp: a time-out of theirs, or of a proxy in front of Candor. Raise it there, or hold for less.`;
    return [{ setting: "FORWARDED_HOLD_MS", sentence }];
  });
}

function holdRunsOut(records: ExchangeRecord[]): Caution | undefined {
  const held = records.filter(({ relayReason }) => relayReason === "hold-limit");
  if (held.length === 0) return undefined;
  const longest = duration(Math.max(...held.map(({ heldMs = 0 }) => heldMs)));
  const sentence = `${counted(held.length, "answer")} had to begin before there was a verdict, after ${longest}: a failure that comes later is told in band only.`;
  return { setting: "STREAM_HOLD_MS", sentence };
}
