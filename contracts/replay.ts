import { getResponse, http, HttpResponse } from "msw";
import type { Recording } from "../src/tools/recording.ts";
import { chunkBytes } from "../src/tools/recording.ts";
import type { Send } from "../src/upstream-call.ts";

/** The base URL of the upstream that exists only in MSW's handlers. */
export const REPLAYED_UPSTREAM = "http://upstream.test/api/v1";

/**
 * A way to upstream that answers from one recording through MSW, chunk by chunk and without its
 * delays. Any other request than the recorded method, path and query throws.
 */
export function createReplay({ request: recorded, response }: Recording): Send {
  const [path, query = ""] = recorded.path.split("?");
  const handler = http.all(`${REPLAYED_UPSTREAM}${path}`, ({ request }) => {
    if (new URL(request.url).search !== (query && `?${query}`)) {
      throw new Error(`${request.url} is not recorded`);
    }
    if (request.method !== recorded.method) throw new Error(`${request.method} is not recorded`);
    const hasBody = ![204, 304].includes(response.status);
    const body = hasBody ? decoded(response, replayBody(response)) : null;
    return new HttpResponse(body, { status: response.status, headers: response.headers });
  });
  return async (url, init) => {
    const request = new Request(url, init);
    const answer = await getResponse([handler], request);
    if (answer === undefined) throw new Error(`${request.url} is not recorded`);
    return answer;
  };
}

function replayBody(response: Recording["response"]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = response.chunks.values();
  return new ReadableStream({
    pull(controller) {
      const { value, done } = chunks.next();
      if (!done) controller.enqueue(new Uint8Array(chunkBytes(value)));
      else if (response.end === "closed") controller.close();
      else controller.error(new Error("the recorded connection was reset"));
    },
  });
}

/** What `fetch` does before anybody reads a body, and nothing does in a handler. */
function decoded(
  { headers }: Recording["response"],
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const isCompressed = new Headers(headers).get("content-encoding") === "gzip";
  return isCompressed ? body.pipeThrough(new DecompressionStream("gzip")) : body;
}
