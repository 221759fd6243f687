import { truthfulFetch } from "../../src/fetch/truthful-fetch.ts";
import type { Recording } from "../../src/recordings/recording.ts";
import type { Limits } from "./ask-cases.ts";
import { createReplay, REPLAYED_UPSTREAM } from "../harness/replay.ts";
import { readBody, type Way } from "../harness/ways.ts";

/** Through `truthfulFetch` in this process, with upstream replayed by MSW. */
export const throughFetch: Way = async (_name, fixture) => {
  const replay = createReplay(fixture);
  const fetch = truthfulFetch({ fetch: replayedFetch(replay), ...limitsFor(fixture) });
  const { method, path, headers, body } = fixture.request;
  const response = await fetch(REPLAYED_UPSTREAM + path, {
    method,
    headers,
    ...(body !== "" && { body }),
  });
  const headersSeen = Object.fromEntries(response.headers);
  return { status: response.status, headers: headersSeen, ...(await readBody(response)) };
};

/** A recorded silence never ends: it is not waited out. */
export function limitsFor({ response }: Recording): Limits {
  return response.end === "silent" ? { idleTimeoutMs: 300 } : {};
}

/** A `fetch` that goes to a recording. */
function replayedFetch(replay: ReturnType<typeof createReplay>): typeof fetch {
  return replay as unknown as typeof fetch;
}
