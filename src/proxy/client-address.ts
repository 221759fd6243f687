import { BlockList, isIP } from "node:net";

/** Finds the address of a client by that of its connection and what proxies say of it. */
export type FindClientAddress = (peer: string | undefined, headers: Headers) => string | undefined;

/**
 * Creates the finder for these trusted addresses and networks. Where the connection comes from one
 * of them, the client is the last address in `X-Forwarded-For` that is none of them: everything
 * before it could be made up by the client.
 */
export function createClientAddress(trusted: string[]): FindClientAddress {
  const list = new BlockList();
  for (const network of trusted) {
    const [address = "", bits] = network.split("/");
    const family = familyOf(address);
    list.addSubnet(address, Number(bits ?? (family === "ipv4" ? 32 : 128)), family);
  }
  const isTrusted = (address: string) => list.check(address, familyOf(address));

  return (peer, headers) => {
    if (peer === undefined) return undefined;
    let client = withoutMapping(peer);
    if (trusted.length === 0) return client;
    const hops = headers.get("x-forwarded-for")?.split(",") ?? [];
    while (isTrusted(client)) {
      const before = addressOf(hops.pop() ?? "");
      if (before === undefined) break;
      client = before;
    }
    return client;
  };
}

/** An address as proxies write it: some add the port, and then IPv6 stands in brackets. */
function addressOf(hop: string): string | undefined {
  const [, bracketed, plain] = /^\s*"?(?:\[([^\]]+)\](?::\d+)?|([^"\s]+?))"?\s*$/.exec(hop) ?? [];
  const text = bracketed ?? plain ?? "";
  const address = withoutMapping(isIP(text) === 0 ? text.replace(/:\d+$/, "") : text);
  return isIP(address) === 0 ? undefined : address;
}

/** IPv4 as a socket for IPv6 writes it. */
function withoutMapping(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}
