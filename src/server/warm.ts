/**
 * How often the connection is used. Servers close one that is idle after 60 s (AWS's balancers),
 * 75 s (nginx) or more; Bun 1.4.5 does after 300 s (measured).
 */
const RENEW_MS = 50_000;

/**
 * Keeps a connection to upstream open, so that a client's first request does not pay for DNS, TCP
 * and TLS. Nothing that costs money is sent. The way to stop comes back.
 */
export function keepWarm(upstreamUrl: string, renewMs = RENEW_MS): () => void {
  const url = new URL(upstreamUrl);
  // Not `Bun.fetch.preconnect`: where upstream closes such a connection before its first use, Bun 1.4.5
  // does not notice, and the first request fails. Nor does it take an address that names no port.
  void use(url, renewMs);
  const timer = setInterval(() => void use(url, renewMs), renewMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Asks for nothing but a head, on the open connection or, where upstream closed it, a new one. */
async function use({ origin }: URL, renewMs: number): Promise<void> {
  // With a limit, so that requests to an upstream that is silent do not pile up.
  const signal = AbortSignal.timeout(renewMs);
  await fetch(origin, { method: "HEAD", redirect: "manual", signal }).catch(() => {});
}
