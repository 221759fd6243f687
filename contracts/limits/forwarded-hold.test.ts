import { expect, test } from "bun:test";
import { atOnce, startRawProxy, STREAM } from "../harness/raw-proxy.ts";

const SETTINGS = { STREAM_HOLD_MS: "60000", FORWARDED_HOLD_MS: "100" };

test.each([
  ["forwarded", "for=192.0.2.1"],
  ["x-forwarded-for", "192.0.2.1"],
  ["x-real-ip", "192.0.2.1"],
  ["via", "1.1 varnish"],
])("behind another proxy, known by %s, a stream is held for FORWARDED_HOLD_MS", async (...row) => {
  const [name, value] = row;
  await using proxy = startRawProxy(SETTINGS);
  const entry = proxy.nextEntry();
  const answer = proxy.post(STREAM, { headers: { [name]: value } });
  const asked = await proxy.upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(": OPENROUTER PROCESSING\n\n");
  // The status line comes though nothing was decided.
  const response = await atOnce(answer);
  expect(response.status).toBe(200);
  await response.body?.cancel();
  expect(await atOnce(entry)).toMatchObject({ relayReason: "hold-limit" });
});
