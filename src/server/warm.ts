/** A kept connection is dropped 300 s after its last use (measured with Bun 1.4.5). */
const RENEW_MS = 240_000;

/**
 * Keeps a connection to upstream open, so that a client's first request does not pay for DNS, TCP
 * and TLS. Nothing that costs money is sent. The way to stop comes back.
 */
export function keepWarm(upstreamUrl: string): () => void {
  const connect = () => void openConnection(new URL(upstreamUrl)).catch(() => {});
  connect();
  const timer = setInterval(connect, RENEW_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function openConnection(url: URL): Promise<void> {
  // Bun 1.4.5 refuses to connect ahead where the address does not name its port ("Invalid port"),
  // and an address never names its scheme's own.
  if (url.port !== "") return Bun.fetch.preconnect(url.href);
  await fetch(url.origin, { method: "HEAD", redirect: "manual" });
}
