import { getResponse, http } from "msw";
import type { Recording } from "../../src/recordings/recording.ts";
import { replayedResponse } from "../../src/recordings/replay.ts";
import type { Send } from "../../src/proxy/upstream-call.ts";

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
    return replayedResponse(response);
  });
  return async (url, init) => {
    const request = new Request(url, init);
    const answer = await getResponse([handler], request);
    if (answer === undefined) throw new Error(`${request.url} is not recorded`);
    return answer;
  };
}
