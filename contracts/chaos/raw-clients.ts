import { type Order, requestBytes, type Sighting, withPatience } from "./client.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { Random } from "./random.ts";

/** How long a client that stalls reads nothing: longer than the proxy allows. */
const STALL_MS = 3000;

/** What a client does on its connection with the requests that it was given. */
export type RawClient = (
  connection: Connection,
  orders: Order[],
  random: Random,
) => Promise<Sighting[]>;

/** Clients that speak over bare sockets, by name. */
export const RAW_CLIENTS: Record<string, RawClient> = {
  "raw, one request": askInTurn,
  "raw, keep-alive": askInTurn,
  // Bun closes the connection when a request comes before the last one is answered.
  "raw, pipelining": async (connection, orders) => {
    const startedAt = Date.now();
    connection.send(orders.map(requestBytes).join(""));
    const sightings: Sighting[] = [];
    for (const _ of orders) sightings.push(await see(connection, startedAt, true));
    return sightings;
  },
  "raw, dribbling": (connection, orders, random) =>
    alone(orders, async (order) => {
      const startedAt = Date.now();
      const bytes = requestBytes(order);
      const [first, second] = [random.between(1, 100), random.between(100, 200)];
      for (const part of [bytes.slice(0, first), bytes.slice(first, second)]) {
        connection.send(part);
        await Bun.sleep(random.between(1, 50));
      }
      connection.send(bytes.slice(second));
      return see(connection, startedAt, false);
    }),
  "raw, slow reader": (connection, orders, random) => {
    connection.slowDown(random.between(1, 20));
    return askInTurn(connection, orders);
  },
  "raw, stalling": (connection, orders, random) =>
    alone(orders, async (order) => {
      const startedAt = Date.now();
      connection.send(requestBytes(order));
      await Bun.sleep(random.between(0, 300));
      connection.pause();
      await Bun.sleep(STALL_MS);
      connection.resume();
      return see(connection, startedAt, true);
    }),
  "raw, half-closing": (connection, orders) =>
    alone(orders, async (order) => {
      const startedAt = Date.now();
      connection.send(requestBytes(order));
      connection.halfClose();
      return see(connection, startedAt, true);
    }),
  "raw, leaving": (connection, orders, random) =>
    alone(orders, async (order) => {
      const startedAt = Date.now();
      connection.send(requestBytes(order));
      const response = connection.next();
      const isSooner = await Promise.race([
        response.then(() => false),
        Bun.sleep(leavingMs(random)),
      ]);
      if (isSooner !== false) connection.leave(random.chance(0.5));
      return { response: await response, startedAt, endedAt: Date.now(), mayMiss: true };
    }),
};

/** Connects one of these clients, lets it ask, and hangs up. */
export async function runRawClient(
  url: string,
  client: RawClient,
  orders: Order[],
  random: Random,
): Promise<Sighting[]> {
  const connection = await openConnection(url);
  try {
    return await client(connection, orders, random);
  } finally {
    connection.leave(random.chance(0.2));
  }
}

/** When a client that leaves does so: mostly soon, and now and then after every limit. */
export function leavingMs(random: Random): number {
  return random.chance(0.5) ? random.between(0, 50) : random.between(0, 2000);
}

/** Makes one request after the other. */
async function askInTurn(connection: Connection, orders: Order[]): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  for (const order of orders) {
    if (!connection.isOpen()) break;
    const startedAt = Date.now();
    connection.send(requestBytes(order));
    sightings.push(await see(connection, startedAt, false));
  }
  return sightings;
}

async function alone(
  orders: Order[],
  ask: (order: Order) => Promise<Sighting>,
): Promise<Sighting[]> {
  const [order] = orders;
  return order === undefined ? [] : [await ask(order)];
}

async function see(connection: Connection, startedAt: number, mayMiss: boolean): Promise<Sighting> {
  const response = await withPatience(connection.next());
  return { response, startedAt, endedAt: Date.now(), mayMiss };
}
