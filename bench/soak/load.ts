import { buildAnswer } from "../../contracts/chaos/answers.ts";
import type { Order } from "../../contracts/chaos/client.ts";
import { type Manner, runFetchClient } from "../../contracts/chaos/fetch-clients.ts";
import { judgeExchange } from "../../contracts/chaos/invariants.ts";
import { createRandom, type Random } from "../../contracts/chaos/random.ts";

/** What has been seen since it was asked for the last time; times are in milliseconds. */
export interface Observations {
  exchanges: number;
  /** From a plain request to the last byte of its answer. */
  plainMs: number[];
  /** From a request to the first event of its stream, of which nothing is held back. */
  firstEventMs: number[];
  /** What was untrue. */
  violations: string[];
}

/** A load at a constant rate. */
export interface SoakLoad {
  /** Requests under way. */
  open(): number;
  observe(): Observations;
  /** Makes no more requests; comes back when the last one is answered. */
  stop(): Promise<void>;
}

/** Of a hundred requests, so many. Those that are left are plain. */
const SHARES: [kind: string, share: number][] = [
  ["soak-stream", 15],
  ["soak-held", 4],
  ["soak-error", 3],
  ["soak-broken", 2],
  ["leaving", 5],
];

const TICK_MS = 20;
const SEED = 1;

/** Makes so many requests a second, whatever becomes of them. */
export function startSoakLoad(url: string, requestsPerSecond: number): SoakLoad {
  const session = new Bun.FetchSession();
  const startedAt = performance.now();
  const underWay = new Set<Promise<void>>();
  let observations = noObservations();
  let made = 0;

  async function perform(number: number): Promise<void> {
    const random = createRandom(SEED, number);
    const kind = pickKind(random);
    const isLeaving = kind === "leaving";
    const order = placeOrder(isLeaving ? "soak-stream" : kind, number);
    let firstEventMs: number | undefined;
    const askedAt = performance.now();
    const manner: Manner = { onRead: () => (firstEventMs ??= performance.now() - askedAt) };
    if (isLeaving) manner.leavesAfterMs = random.between(10, 1500);
    const sighting = await runFetchClient(url, session, order, manner);
    observations.exchanges += 1;
    const judgement = judgeExchange(number, order.truth, sighting);
    if ("violation" in judgement) observations.violations.push(`${kind}: ${judgement.violation}`);
    if (kind === "soak-plain") observations.plainMs.push(performance.now() - askedAt);
    if (kind === "soak-stream") observations.firstEventMs.push(firstEventMs ?? Number.NaN);
  }

  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * requestsPerSecond;
    while (made < due) {
      const exchange = perform(++made).finally(() => underWay.delete(exchange));
      underWay.add(exchange);
    }
  }, TICK_MS);
  return {
    open: () => underWay.size,
    observe() {
      const seen = observations;
      observations = noObservations();
      return seen;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      session.close();
    },
  };
}

function noObservations(): Observations {
  return { exchanges: 0, plainMs: [], firstEventMs: [], violations: [] };
}

function placeOrder(answer: string, number: number): Order {
  const name = { answer, seed: SEED, number };
  const { asksStream, truth } = buildAnswer(name);
  return { name, asksStream, truth };
}

function pickKind(random: Random): string {
  let drawn = random.between(1, 100);
  for (const [kind, share] of SHARES) {
    if (drawn <= share) return kind;
    drawn -= share;
  }
  return "soak-plain";
}
