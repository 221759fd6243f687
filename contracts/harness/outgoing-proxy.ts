import type { Socket } from "bun";

/** An outgoing HTTP proxy that opens tunnels, all of them to one port of this machine. */
export interface OutgoingProxy extends Disposable {
  url: string;
  /** The request line of each tunnel that was asked for. */
  asked: string[];
}

interface Tunnel {
  /** Bytes of the `CONNECT` request so far; undefined once the tunnel is asked for. */
  head: string | undefined;
  far: Promise<Socket>;
}

/** Starts a proxy whose tunnels all lead to this port of 127.0.0.1. */
export function startOutgoingProxy(port: number): OutgoingProxy {
  const asked: string[] = [];
  const listener = Bun.listen<Tunnel>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(near) {
        const far = Bun.connect({
          hostname: "127.0.0.1",
          port,
          socket: {
            data: (_far, bytes) => void near.write(bytes),
            close: () => void near.end(),
          },
        });
        near.data = { head: "", far };
      },
      async data(near, bytes) {
        const { head, far } = near.data;
        if (head === undefined) return void (await far).write(bytes);
        near.data.head = head + bytes.toString("latin1");
        if (!near.data.head.endsWith("\r\n\r\n")) return;
        asked.push(near.data.head.split("\r\n", 1)[0] ?? "");
        near.data.head = undefined;
        await far;
        near.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      },
      close: async (near) => void (await near.data.far).end(),
    },
  });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    asked,
    [Symbol.dispose]: () => listener.stop(true),
  };
}
