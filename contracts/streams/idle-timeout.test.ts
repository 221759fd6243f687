import { test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, DONE, FINISH, textEvent } from "../harness/stream-events.ts";

/** Bun checks for idle connections only every few seconds, and does not keep limits below ten. */
const LONG_MS = 30_000;
const SHORTEST = { CLIENT_STALL_TIMEOUT_MS: "1000" };

test(
  "a silent stream outlives the server's own idle timeout, which closes idle connections",
  async () => {
    await using proxy = startRawProxy(SHORTEST);
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello"));
    await client.receivedUpTo(textEvent("Hello"));
    // The control: a connection that becomes idle after the stream fell silent is closed first.
    using control = await connectTo(proxy.url);
    control.send(postBytes(PLAIN));
    await (await proxy.upstream.next()).json(ANSWER);
    await control.receivedUpTo(ANSWER);
    await control.closed;
    await asked.chunk(FINISH + DONE);
    await asked.finish();
    await client.receivedUpTo(`${FINISH}${DONE}\r\n0\r\n\r\n`);
  },
  LONG_MS,
);
