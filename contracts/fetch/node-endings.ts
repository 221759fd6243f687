// Runs on Node, with the built library: how calls end that their caller ends, beside plain fetch.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { truthfulFetch } from "candor/fetch";

const CHAT = JSON.stringify({ messages: [], stream: true });
const COMMENT = ": OPENROUTER PROCESSING\n\n";
const EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n';

/** What upstream sends before it falls silent, and how the caller ends that. */
const ENDINGS: Record<string, { sends: string; end: (call: Call) => Promise<unknown> }> = {
  "abort before headers": { sends: "", end: ({ response, abort }) => (abort(), response) },
  "abort while held": {
    sends: COMMENT,
    async end({ response, headersCame, abort }) {
      await headersCame;
      abort();
      return response;
    },
  },
  "abort while read": {
    sends: EVENT,
    async end({ response, abort }) {
      const reader = (await response).body?.getReader();
      await reader?.read();
      abort();
      await reader?.read();
    },
  },
  "cancel while read": {
    sends: EVENT,
    end: async ({ response }) => (await response).body?.cancel(),
  },
};

interface Call {
  response: Promise<Response>;
  /** Upstream's header fields are there, whatever the caller has got by then. */
  headersCame: Promise<void>;
  abort: () => void;
}

const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

const results: Record<string, unknown> = {};
for (const [name, { sends, end }] of Object.entries(ENDINGS)) {
  results[`${name}, plain`] = await runCall((plain) => plain, sends, end);
  results[`${name}, truthful`] = await runCall(
    (plain) => truthfulFetch({ fetch: plain }),
    sends,
    end,
  );
}
process.stdout.write(JSON.stringify(results));
// Nothing of ours may keep the process from its end: only the server would.
server.close();
server.closeAllConnections();

/** Makes one call, ends it, and tells what it rejected with, once upstream's side is closed. */
async function runCall(
  wrap: (plain: typeof fetch) => typeof fetch,
  sends: string,
  end: (call: Call) => Promise<unknown>,
): Promise<unknown> {
  const caller = new AbortController();
  let tell: (() => void) | undefined;
  const headersCame = new Promise<void>((resolve) => void (tell = resolve));
  const plain = async (...call: Parameters<typeof fetch>) => {
    const response = await fetch(...call);
    tell?.();
    return response;
  };
  const address = `http://127.0.0.1:${port}/api/v1/chat/completions`;
  const ask = wrap(Object.assign(plain, fetch));
  const response = ask(address, { method: "POST", body: CHAT, signal: caller.signal });
  const answer = await nextAnswer();
  const closed = once(answer, "close");
  if (sends !== "") {
    answer.writeHead(200, { "content-type": "text/event-stream" });
    answer.write(sends);
  }
  const abort = () => caller.abort();
  const reason = await end({ response, headersCame, abort }).then(() => "fulfilled", describe);
  // A plain call that has its answer is still open: its body is.
  if (reason === "fulfilled") await response.then(({ body }) => body?.cancel()).catch(() => {});
  await closed;
  return reason;
}

async function nextAnswer(): Promise<ServerResponse> {
  const [, answer] = await once(server, "request");
  return answer;
}

function describe(error: unknown): unknown {
  return error instanceof Error ? { name: error.name, message: error.message } : error;
}
