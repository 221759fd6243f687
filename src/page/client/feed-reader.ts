import type { FeedMessage } from "../wire.ts";
import { requestHeaders } from "./page-key.ts";

/** How the connection to Candor stands. */
export type Connection = "connecting" | "live" | "lost" | "locked";

const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

/** The server says something every second; after so much silence, the connection is taken for dead. */
const SILENCE_MS = 8000;

/**
 * Reads the feed for as long as the page is there, and connects again whenever it ends. A `fetch`
 * and no `EventSource`: the key travels in a header field.
 */
export function readFeed(
  onMessage: (message: FeedMessage) => void,
  onConnection: (connection: Connection) => void,
): () => void {
  const stopping = new AbortController();
  void readOn(onMessage, onConnection, stopping.signal);
  return () => stopping.abort();
}

async function readOn(
  onMessage: (message: FeedMessage) => void,
  onConnection: (connection: Connection) => void,
  stopped: AbortSignal,
): Promise<void> {
  let waitMs = SHORTEST_WAIT_MS;
  onConnection("connecting");
  while (!stopped.aborted) {
    try {
      const outcome = await readOnce((message) => {
        waitMs = SHORTEST_WAIT_MS;
        onConnection("live");
        onMessage(message);
      }, stopped);
      if (outcome === "locked") return onConnection("locked");
    } catch {
      // The server is gone, or the way to it: it is tried again.
    }
    if (stopped.aborted) return;
    onConnection("lost");
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 1.6);
  }
}

async function readOnce(
  onMessage: (message: FeedMessage) => void,
  stopped: AbortSignal,
): Promise<"locked" | "ended"> {
  const silence = new AbortController();
  const signal = AbortSignal.any([stopped, silence.signal]);
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch("/page/feed", {
      headers: requestHeaders(),
      signal,
      cache: "no-store",
    });
    if (response.status === 401 || response.status === 403) return "locked";
    if (!response.ok || response.body === null) return "ended";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return "ended";
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") onMessage(JSON.parse(line));
    }
  } finally {
    clearTimeout(timer);
  }
}
