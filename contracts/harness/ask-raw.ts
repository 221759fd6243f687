import { connectTo } from "./raw-client.ts";

/** All that comes back for a request, without a body unless given, on a connection of its own. */
export async function askRaw(
  url: string,
  requestLine: string,
  host = "localhost",
  body = "",
): Promise<string> {
  using client = await connectTo(url);
  const fields = `Host: ${host}\r\nAuthorization: Bearer sk-caller\r\nConnection: close`;
  client.send(`${requestLine}\r\n${fields}\r\n\r\n${body}`);
  await client.closed;
  return client.received();
}
