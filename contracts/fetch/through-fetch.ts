import { truthfulFetch } from "../../src/fetch/truthful-fetch.ts";
import { createReplay, REPLAYED_UPSTREAM } from "../harness/replay.ts";
import type { Way } from "../harness/ways.ts";

/** Through `truthfulFetch` in this process, with upstream replayed by MSW. */
export const throughFetch: Way = async (_name, fixture) => {
  const replay = createReplay(fixture);
  const fetch = truthfulFetch({ fetch: replayedFetch(replay) });
  const { method, path, headers, body } = fixture.request;
  const response = await fetch(REPLAYED_UPSTREAM + path, {
    method,
    headers,
    ...(body !== "" && { body }),
  });
  const headersSeen = Object.fromEntries(response.headers);
  return { status: response.status, headers: headersSeen, body: await response.bytes() };
};

/** A `fetch` that goes to a recording. */
function replayedFetch(replay: ReturnType<typeof createReplay>): typeof fetch {
  return replay as unknown as typeof fetch;
}
