import { expect, test } from "bun:test";
import { connectTo } from "../../contracts/harness/raw-client.ts";
import { startRelay } from "./relay.ts";

const ROUND_TRIP_MS = 200;
/** Timers may fire a millisecond early. */
const EARLY_MS = 2;

test("a connection's first answer takes two round trips, its second takes one", async () => {
  using echo = startEcho();
  using relay = await startRelay(echo.port, ROUND_TRIP_MS);
  const openedAt = performance.now();
  using client = await connectTo(`http://127.0.0.1:${relay.port}`);
  client.send("first");
  await client.receivedUpTo("first");
  const firstAt = performance.now();
  client.send("second");
  await client.receivedUpTo("second");
  const secondMs = performance.now() - firstAt;
  expect(firstAt - openedAt).toBeGreaterThanOrEqual(2 * ROUND_TRIP_MS - EARLY_MS);
  expect(secondMs).toBeGreaterThanOrEqual(ROUND_TRIP_MS - EARLY_MS);
  expect(secondMs).toBeLessThan(2 * ROUND_TRIP_MS - EARLY_MS);
  expect(relay.connections()).toBe(1);
});

test("bytes keep their order, and the end comes behind them", async () => {
  using echo = startEcho();
  using relay = await startRelay(echo.port, 4);
  using client = await connectTo(`http://127.0.0.1:${relay.port}`);
  const numbers = Array.from({ length: 20_000 }, (_, index) => `${index},`).join("");
  client.send(`${numbers}end`);
  expect(await client.receivedUpTo("end")).toBe(`${numbers}end`);
  client.halfClose();
  await client.closed;
});

/** A server that sends back what it gets. */
function startEcho(): { port: number } & Disposable {
  const listener = Bun.listen<{ unsent: Buffer }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (peer) => void (peer.data = { unsent: Buffer.alloc(0) }),
      data: (peer, bytes) => push(peer, Buffer.concat([peer.data.unsent, bytes])),
      drain: (peer) => push(peer, peer.data.unsent),
    },
  });
  return { port: listener.port, [Symbol.dispose]: () => listener.stop(true) };
}

function push(peer: Bun.Socket<{ unsent: Buffer }>, bytes: Buffer): void {
  peer.data.unsent = bytes.subarray(Math.max(0, peer.write(bytes)));
}
