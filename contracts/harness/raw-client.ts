/** A bare TCP client of Candor; leaves at the end of its scope. */
export interface RawClient extends Disposable {
  /** Writes these bytes, as fast as they are taken. */
  send(bytes: string | Uint8Array): void;
  /** Writes these bytes over and over, as fast as they are taken, until the connection is gone. */
  flood(bytes: string): void;
  /** How many bytes were taken so far. */
  sentBytes(): number;
  /** All that was received, one character a byte, once these characters are among it. */
  receivedUpTo(part: string): Promise<string>;
  /** All that was received so far, one character a byte. */
  received(): string;
  /** How many bytes were received so far. */
  receivedBytes(): number;
  /** Reads no more until `resume`. */
  pause(): void;
  resume(): void;
  /** From now on rests after every read, so as to read no faster than this. */
  slowDown(bytesPerSecond: number): void;
  /** Says that nothing more will be sent, and reads on. */
  halfClose(): void;
  /** Closes the connection. */
  leave(): void;
  /** Breaks the connection off. */
  reset(): void;
  /** Resolves when the connection is gone. */
  closed: Promise<void>;
}

/** Connects to a server by its URL. */
export async function connectTo(url: string): Promise<RawClient> {
  const closed = Promise.withResolvers<void>();
  const chunks: string[] = [];
  let receivedBytes = 0;
  let bytesPerSecond = Number.POSITIVE_INFINITY;
  let onData: ((text: string) => void) | undefined;
  let unsent = Buffer.alloc(0);
  let repeated = Buffer.alloc(0);
  let sentBytes = 0;
  function push(): void {
    if (unsent.length === 0) unsent = repeated;
    if (unsent.length === 0) return;
    const taken = Math.max(0, socket.write(unsent));
    sentBytes += taken;
    unsent = unsent.subarray(taken);
    // Else the rest is written once there is room, unless the connection is gone.
    if (unsent.length === 0 && repeated.length > 0) setImmediate(push);
  }
  const { hostname, port } = new URL(url);
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_socket, bytes) {
        const text = bytes.toString("latin1");
        chunks.push(text);
        receivedBytes += bytes.length;
        onData?.(text);
        if (bytesPerSecond === Number.POSITIVE_INFINITY) return;
        socket.pause();
        setTimeout(() => socket.resume(), (bytes.length / bytesPerSecond) * 1000);
      },
      drain: push,
      close: () => closed.resolve(),
    },
  });
  const received = () => chunks.join("");
  const client: RawClient = {
    send(bytes) {
      unsent = Buffer.concat([unsent, Buffer.from(bytes)]);
      push();
    },
    flood(bytes) {
      repeated = Buffer.from(bytes);
      push();
    },
    sentBytes: () => sentBytes,
    receivedUpTo(part) {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      let latest = "";
      onData = (text) => {
        // Not all over again with every read: a flood is long.
        latest = latest.slice(-part.length) + text;
        if (latest.includes(part)) resolve(received());
      };
      onData(received());
      void closed.promise.then(() => reject(new Error(`Closed after: ${received().slice(-1000)}`)));
      return promise;
    },
    received,
    receivedBytes: () => receivedBytes,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    slowDown: (speed) => {
      bytesPerSecond = speed;
    },
    halfClose: () => void socket.shutdown(),
    leave: () => void socket.end(),
    reset: () => socket.terminate(),
    closed: closed.promise,
    [Symbol.dispose]: () => socket.terminate(),
  };
  return client;
}

/** A `POST /proxy` as it stands on the wire. */
export function postBytes(body: string, headers: Record<string, string> = {}): string {
  const fields = {
    host: "127.0.0.1",
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /proxy HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** Resolves when nobody listens at an address any more. */
export async function untilRefused(url: string): Promise<void> {
  for (;;) {
    const client = await connectTo(url).catch(() => undefined);
    if (client === undefined) return;
    client.leave();
  }
}
