import type { ExchangeRecord, Exhibit } from "../observe/record.ts";
import type { Seen } from "../observe/ring.ts";
import type { Span } from "../observe/timeline.ts";

/** What the page says of the server, and what its warnings are made from. No secret is in it. */
export interface PageStatus {
  version: string;
  /** In epoch milliseconds. */
  startedAt: number;
  /** The base URL of upstream. */
  upstream: string;
  keyMode: "the clients' own keys" | "Candor's key" | "Candor's key, for clients with keys";
  /** Settings in effect by their names, such as `STREAM_HOLD_MS`. */
  limits: Record<string, string | number>;
  isDraining: boolean;
  openFiles?: number;
  maxFiles?: number;
  memoryBytes?: number;
  memoryLimitBytes?: number;
  /** The host of the outgoing proxy (HTTPS_PROXY), where there is one. */
  outgoingProxy?: string;
}

/** A case that can be tried on the page. */
export interface Trial {
  name: string;
  story: string;
}

/** What a trial came to: what upstream said, and what the client was told. */
export interface TrialResult {
  said: string;
  got: string;
}

/** What more than the live view is there. */
export interface PageFeatures {
  hasHistory: boolean;
  hasCapture: boolean;
  trials: Trial[];
}

/** One line of the feed. */
export type FeedMessage =
  /** All there is: at the beginning, and whenever the viewer has fallen behind. */
  | { kind: "hello"; features: PageFeatures; recent: Seen[]; spans: Span[]; now: Now }
  /** Exchanges that ended. */
  | { kind: "ended"; seen: Seen[] }
  /** Once a second. `spans` are the latest only. */
  | { kind: "tick"; spans: Span[]; now: Now };

/** What is true at a moment. */
export interface Now {
  /** In epoch milliseconds, by the server's clock. */
  at: number;
  /** The oldest first, at most a hundred. */
  open: ExchangeRecord[];
  openCount: number;
  heldCount: number;
  status: PageStatus;
}

/** All about one exchange. */
export interface Detail {
  n: number;
  record: ExchangeRecord;
  exhibit?: Exhibit;
}

/** Exchanges of a time range. */
export interface HistoryAnswer {
  /** The latest first. */
  records: ExchangeRecord[];
  /** Whether there are more in the range. */
  isCut: boolean;
}
