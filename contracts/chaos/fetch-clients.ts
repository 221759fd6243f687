import { CHAT_PATH, type Order, requestHeaders, type Sighting, withPatience } from "./client.ts";
import { requestBody } from "./exchange.ts";
import { leavingMs } from "./raw-clients.ts";
import type { Random } from "./random.ts";

/** How a client that uses `fetch` behaves. */
export interface Manner {
  /** When it leaves, in milliseconds from its request. */
  leavesAfterMs?: number;
  /** How long it rests after every read. */
  restMs?: number;
  /** Is told of every read. */
  onRead?: (bytes: Uint8Array) => void;
}

/** Clients that use Bun's `fetch`, by name. */
export const FETCH_CLIENTS: Record<string, (random: Random) => Manner> = {
  fetch: () => ({}),
  "fetch, slow reader": (random) => ({ restMs: random.between(1, 20) }),
  "fetch, leaving": (random) => ({ leavesAfterMs: leavingMs(random) }),
};

/** Makes one request over a connection of the session's pool. */
export async function runFetchClient(
  url: string,
  session: Bun.FetchSession,
  order: Order,
  manner: Manner,
): Promise<Sighting> {
  const { leavesAfterMs } = manner;
  const controller = new AbortController();
  const startedAt = Date.now();
  const seen: Sighting = { response: undefined, startedAt, endedAt: 0, mayMiss: false };
  const isSeen = see(seen, manner, () =>
    session.fetch(url + CHAT_PATH, {
      method: "POST",
      headers: requestHeaders(order),
      body: requestBody(order.name, order.asksStream),
      signal: controller.signal,
      timeout: false,
    }),
  );
  const timer = setTimeout(() => {
    seen.mayMiss = leavesAfterMs !== undefined;
    controller.abort();
  }, leavesAfterMs);
  if (leavesAfterMs === undefined) clearTimeout(timer);
  await withPatience(isSeen);
  clearTimeout(timer);
  controller.abort();
  return { ...seen, endedAt: Date.now() };
}

/** Puts what comes into `seen`, so that what came before a break is there all the same. */
async function see(
  seen: Sighting,
  { restMs = 0, onRead }: Manner,
  ask: () => Promise<Response>,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  try {
    const { status, headers, body } = await ask();
    seen.response = { status, headers, body: Buffer.alloc(0), isComplete: false };
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      onRead?.(chunk);
      if (restMs > 0) await Bun.sleep(restMs);
    }
    seen.response.isComplete = true;
  } catch {
    // The response is left incomplete, or missing.
  }
  if (seen.response !== undefined) seen.response.body = Buffer.concat(chunks);
}
