import { createResponseReader, type WireResponse } from "./response-reader.ts";

/** A bare TCP connection to the proxy. */
export interface Connection {
  send(bytes: string): void;
  /** The next response: whole, or what came of it before the connection ended. */
  next(): Promise<WireResponse | undefined>;
  pause(): void;
  resume(): void;
  /** From now on rests for so long after every read. */
  slowDown(restMs: number): void;
  /** Sends a FIN, and reads on. */
  halfClose(): void;
  /** Closes the connection, with a reset where `abruptly`. */
  leave(abruptly: boolean): void;
  isOpen(): boolean;
}

/** Connects to a server by its URL. */
export async function openConnection(url: string): Promise<Connection> {
  const reader = createResponseReader();
  const responses: WireResponse[] = [];
  const awaited: ((response: WireResponse | undefined) => void)[] = [];
  let isOpen = true;
  let restMs = 0;

  function take(response: WireResponse): void {
    const resolve = awaited.shift();
    if (resolve === undefined) responses.push(response);
    else resolve(response);
  }
  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    const rest = reader.rest();
    if (rest !== undefined) take(rest);
    for (const resolve of awaited.splice(0)) resolve(undefined);
  }
  const { hostname, port } = new URL(url);
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    allowHalfOpen: false,
    socket: {
      data(_socket, bytes) {
        for (const response of reader.feed(bytes)) take(response);
        if (restMs === 0) return;
        socket.pause();
        setTimeout(() => socket.resume(), restMs);
      },
      close,
      error: close,
    },
  });
  return {
    send: (bytes) => void socket.write(bytes),
    async next() {
      const response = responses.shift();
      if (response !== undefined || !isOpen) return response;
      return new Promise((resolve) => awaited.push(resolve));
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    slowDown: (ms) => {
      restMs = ms;
    },
    halfClose: () => void socket.shutdown(),
    leave(abruptly) {
      if (abruptly) socket.terminate();
      else socket.end();
      close();
    },
    isOpen: () => isOpen,
  };
}
