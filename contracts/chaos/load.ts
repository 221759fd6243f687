import { ANSWER_KINDS, buildAnswer } from "./answers.ts";
import type { Order, Sighting } from "./client.ts";
import type { ExchangeName } from "./exchange.ts";
import { FETCH_CLIENTS, runFetchClient } from "./fetch-clients.ts";
import type { Ledger, Violation } from "./ledger.ts";
import { RAW_CLIENTS, runRawClient } from "./raw-clients.ts";
import { judgeExchange } from "./invariants.ts";
import { createRandom, type Random } from "./random.ts";

/** What is asked for, by whom, and for how long. */
export interface LoadOptions {
  url: string;
  seed: number;
  /** Clients at a time. */
  clients: number;
  seconds: number;
  /** Only the kinds of answers, and of clients, whose names hold these words. */
  answers: string;
  clientKinds: string;
  ledger: Ledger;
  /** Counts what came of an exchange. */
  count: (answer: string, client: string, outcome: string) => void;
  report: (violation: Violation) => void;
}

const CLIENT_KINDS = [...Object.keys(RAW_CLIENTS), ...Object.keys(FETCH_CLIENTS)];

/** How many requests clients make that make more than one. */
const REQUESTS: Record<string, [least: number, most: number]> = {
  "raw, keep-alive": [2, 5],
  "raw, pipelining": [2, 2],
  "raw, slow reader": [1, 2],
};

/** Answers of many megabytes: more of them would only measure how fast the machine copies. */
const HEAVY = /flood|huge|large/;
const HEAVY_CHANCE = 0.25;

/** The longest that a client rests between two turns. */
const LONGEST_REST_MS = 300;

let issued = 0;

/** Lets so many clients ask at a time until the time is over; comes back when the last one is. */
export async function runLoad(options: LoadOptions): Promise<void> {
  const until = Date.now() + options.seconds * 1000;
  using session = new Bun.FetchSession();
  const runInTurn = async (worker: number) => {
    // Not all at once: a listener's queue is shorter than hundreds.
    await Bun.sleep(worker);
    for (let turn = 0; Date.now() < until; turn++) {
      const random = createRandom(options.seed, worker, turn);
      await runClient(random, session, options);
      await Bun.sleep(random.between(0, LONGEST_REST_MS));
    }
  };
  await Promise.all(Array.from({ length: options.clients }, (_, worker) => runInTurn(worker)));
}

async function runClient(
  random: Random,
  session: Bun.FetchSession,
  options: LoadOptions,
): Promise<void> {
  const client = pickNamed(random, CLIENT_KINDS, options.clientKinds);
  const [least, most] = REQUESTS[client] ?? [1, 1];
  const orders = Array.from({ length: random.between(least, most) }, () =>
    placeOrder(random, client, options),
  );
  const sightings = await ask(client, random, session, orders, options.url);
  let isBroken = false;
  for (const [index, order] of orders.entries()) {
    const sighting = sightings[index];
    if (sighting === undefined) options.ledger.strike(order.name.number);
    // Behind an answer that broke off with its connection, nothing can come.
    else judge(order, client, { ...sighting, mayMiss: sighting.mayMiss || isBroken }, options);
    isBroken ||= sighting?.response?.isComplete !== true;
  }
}

function placeOrder(random: Random, client: string, { seed, answers, ledger }: LoadOptions): Order {
  let answer = pickNamed(random, ANSWER_KINDS, answers);
  if (HEAVY.test(answer) && !random.chance(HEAVY_CHANCE)) {
    answer = pickNamed(random, ANSWER_KINDS, answers);
  }
  const name = { answer, seed, number: ++issued };
  ledger.open(name.number, titleOf(name, client));
  const { asksStream, truth } = buildAnswer(name);
  return { name, asksStream, truth };
}

async function ask(
  client: string,
  random: Random,
  session: Bun.FetchSession,
  orders: Order[],
  url: string,
): Promise<Sighting[]> {
  const rawClient = RAW_CLIENTS[client];
  if (rawClient !== undefined) return runRawClient(url, rawClient, orders, random);
  const manner = FETCH_CLIENTS[client]?.(random) ?? {};
  const sightings: Sighting[] = [];
  for (const order of orders) sightings.push(await runFetchClient(url, session, order, manner));
  return sightings;
}

function judge(
  { name, truth }: Order,
  client: string,
  sighting: Sighting,
  options: LoadOptions,
): void {
  const judgement = judgeExchange(name.number, truth, sighting);
  options.ledger.see(name.number, sighting);
  if ("outcome" in judgement) return options.count(name.answer, client, judgement.outcome);
  options.count(name.answer, client, "VIOLATION");
  options.report({ exchange: titleOf(name, client), what: judgement.violation });
}

function titleOf({ answer, seed, number }: ExchangeName, client: string): string {
  return `${answer}/${seed}/${number} by ${client}`;
}

function pickNamed(random: Random, names: string[], words: string): string {
  const [first, ...others] = names.filter((name) => name.includes(words));
  if (first === undefined) throw new Error(`No name holds "${words}": ${names.join("; ")}.`);
  return random.pick([first, ...others]);
}
