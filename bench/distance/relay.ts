import { connect, createServer, type Socket } from "node:net";

/** A TCP relay that makes a port of this machine look far away; closes at the end of its scope. */
export interface Relay extends Disposable {
  port: number;
  /** How many connections have been opened so far. */
  connections(): number;
}

/**
 * Relays to a port of 127.0.0.1. Each direction takes half of a round trip, and a new connection
 * takes one round trip before its first byte leaves, as SYN and SYN-ACK would.
 */
export async function startRelay(upstreamPort: number, roundTripMs: number): Promise<Relay> {
  let connections = 0;
  const sockets = new Set<Socket>();
  // Half open, so that the end of one direction takes its time too.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections += 1;
    const upstream = connect({ port: upstreamPort, host: "127.0.0.1", allowHalfOpen: true });
    upstream.setNoDelay(true);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // A reset closes both sides at once; its delay changes no figure.
      socket.on("error", () => [client, upstream].forEach((each) => each.destroy()));
      socket.on("close", () => sockets.delete(socket));
    }
    const isOpenAt = performance.now() + roundTripMs;
    carry(client, upstream, () => Math.max(isOpenAt - performance.now(), 0) + roundTripMs / 2);
    carry(upstream, client, () => roundTripMs / 2);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The relay has no port.");
  return {
    port: address.port,
    connections: () => connections,
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Writes what one socket says, its end included, to the other: later, and in the same order. */
function carry(from: Socket, to: Socket, delayMs: () => number): void {
  const onTheWay: (() => void)[] = [];
  const deliver = (step: () => void) => {
    onTheWay.push(step);
    // Whichever timer fires first delivers the oldest: timers of one millisecond may swap.
    setTimeout(() => onTheWay.shift()?.(), delayMs());
  };
  from.on("data", (chunk: Buffer) => deliver(() => to.writable && to.write(chunk)));
  from.on("end", () => deliver(() => to.end()));
}
