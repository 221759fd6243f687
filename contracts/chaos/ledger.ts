import { Value } from "@sinclair/typebox/value";
import { isObject, parseJson } from "../../src/core/json.ts";
import type { Sighting } from "./client.ts";
import { CALLERS_KEY, KEY, UpstreamLine } from "./exchange.ts";

/** A promise that was broken. */
export interface Violation {
  /** The exchange it was broken in, with its client. */
  exchange: string;
  what: string;
}

/** Brings together what three processes say of every exchange. */
export interface Ledger {
  /** An exchange is about to begin; `title` is what violations call it. */
  open(number: number, title: string): void;
  /** It was never asked for. */
  strike(number: number): void;
  /** Its client has come back. */
  see(number: number, sighting: Sighting): void;
  readUpstreamLine(text: string): void;
  readLogLine(text: string): void;
  /** Checks the exchanges that ended some seconds ago. Things happen so late here as `lagMs` says. */
  settle(lagMs: number): void;
  /** Checks every exchange: nothing more will be told of any. */
  close(lagMs: number): void;
  /** Requests that upstream is busy with. */
  inFlight(): number;
  /** By how long, at most, an upstream request outlived its client. */
  worstOutlivingMs(): number;
}

/** What is known of one exchange from its client, from upstream, and from the proxy's log. */
interface Entry {
  title: string;
  sighting: Sighting | undefined;
  /** How often upstream was asked. */
  asked: number;
  overAt: number | undefined;
  /** The status in each line of the log. */
  logged: unknown[];
}

/** What is told late about an exchange is told within this time. */
const SETTLING_MS = 5000;

/** For so long may an upstream request outlive its client: a second, and a little to end it. */
const OUTLIVING_LIMIT_MS = 1000 + 300;

/** Creates a ledger; `report` hears of every violation. */
export function createLedger(report: (violation: Violation) => void): Ledger {
  const entries = new Map<number, Entry>();
  let inFlight = 0;
  let worst = 0;

  function find(number: number, what: string): Entry | undefined {
    const entry = entries.get(number);
    if (entry === undefined)
      report({ exchange: `number ${number}`, what: `${what}, when it is not open` });
    return entry;
  }

  function settleUpTo(latestEnd: number, lagMs: number): void {
    for (const [number, entry] of entries) {
      if ((entry.sighting?.endedAt ?? Date.now()) > latestEnd) continue;
      entries.delete(number);
      worst = Math.max(worst, outlivingMs(entry));
      for (const what of findFlaws(entry, lagMs)) report({ exchange: entry.title, what });
    }
  }

  return {
    open(number, title) {
      const unknown = { sighting: undefined, overAt: undefined };
      entries.set(number, { title, ...unknown, asked: 0, logged: [] });
    },
    strike: (number) => void entries.delete(number),
    see(number, sighting) {
      const entry = entries.get(number);
      // The body was judged; many megabytes of it need not be kept.
      const response = sighting.response && { ...sighting.response, body: Buffer.alloc(0) };
      if (entry !== undefined) entry.sighting = { ...sighting, response };
    },
    readUpstreamLine(text) {
      const line = parseJson(text);
      if (!Value.Check(UpstreamLine, line)) return;
      if (line.event === "begun") inFlight += 1;
      if (line.event === "over") inFlight -= 1;
      const entry = find(line.number, `upstream says "${line.event}"`);
      if (entry === undefined) return;
      if (line.event === "begun") entry.asked += 1;
      if (line.event === "over") entry.overAt = line.at;
      if (line.event === "wrong")
        report({ exchange: entry.title, what: "another request came upstream" });
    },
    readLogLine(text) {
      const line = parseJson(text);
      const holdsKey = text.includes(KEY) || text.includes(CALLERS_KEY);
      const isGood = isObject(line) && line["level"] !== "error" && !holdsKey;
      if (!isGood) return report({ exchange: "", what: `the log says ${text}` });
      if (line["message"] !== "exchange") return;
      const [, number] = /^chaos:(\d+):$/.exec(String(line["request_id"])) ?? [];
      find(Number(number), "the log has a line")?.logged.push(line["status"]);
    },
    settle: (lagMs) => settleUpTo(Date.now() - SETTLING_MS, lagMs),
    close: (lagMs) => settleUpTo(Number.POSITIVE_INFINITY, lagMs),
    inFlight: () => inFlight,
    worstOutlivingMs: () => worst,
  };
}

function outlivingMs({ sighting, overAt }: Entry): number {
  return sighting === undefined || overAt === undefined ? 0 : overAt - sighting.endedAt;
}

/** What the three processes' words about an exchange have against each other. */
function findFlaws(entry: Entry, lagMs: number): string[] {
  const { sighting, asked, overAt, logged } = entry;
  if (sighting === undefined) return ["its client never came back"];
  const flaws: string[] = [];
  const { response, mayMiss } = sighting;
  // A request that was reset as soon as it was sent need not have arrived.
  const hasArrived = asked > 0 || response !== undefined || !mayMiss;
  if (logged.length > 1 || (hasArrived && logged.length === 0)) {
    flaws.push(`${logged.length} lines in the log`);
  }
  if (response?.isComplete && response.status !== logged[0]) {
    flaws.push(`the client got status ${response.status}, the log has ${logged[0]}`);
  }
  if (asked > 1) flaws.push(`upstream was asked ${asked} times`);
  if (asked > 0 && overAt === undefined) flaws.push("upstream is still busy with it");
  const ms = outlivingMs(entry);
  if (ms > OUTLIVING_LIMIT_MS + lagMs) flaws.push(`upstream outlived the client by ${ms} ms`);
  return flaws;
}
