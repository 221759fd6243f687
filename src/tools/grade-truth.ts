import { createApp } from "../app.ts";
import { createLog } from "../access-log.ts";
import { readConfig } from "../config.ts";
import { BASE_PATH } from "../client-request.ts";
import { type Seen, see } from "./seen.ts";
import { requestFor } from "./fixture-upstream.ts";
import { chunkBytes, type Recording } from "./recording.ts";

/** The key that callers of Candor, and of other gateways, have to have; the simulator takes any. */
export const ANY_KEY = "Bearer candor-grade";

/** What upstream said in a recording, as a client without a gateway would have seen it. */
export function seeUpstream({ response }: Recording): Promise<Seen> {
  return see(replayed(response));
}

/** What would have been true: Candor's own answer, by its own judges, without a socket. */
export async function seeTruth(name: string, fixture: Recording): Promise<Seen> {
  const reading = readConfig({}, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  const app = createApp({
    config: reading.config,
    send: async () => replayed(fixture.response),
    log: createLog({ logLevel: "silent", logFormat: "json" }),
    openCalls: new Set(),
    isReady: () => true,
  });
  return see(await app.handle(caseRequest(`http://localhost${BASE_PATH}`, name, fixture)));
}

/** The request of a case, for any gateway that takes OpenAI's; `more` headers win. */
export function caseRequest(
  baseUrl: string,
  name: string,
  fixture: Recording,
  more: [string, string][] = [],
): Request {
  const { method, path, headers: recorded, body } = requestFor(name, fixture);
  const headers = new Headers([["authorization", ANY_KEY], ...recorded]);
  for (const [header, value] of more) headers.set(header, value);
  return new Request(baseUrl + path, { method, headers, ...(body !== "" && { body }) });
}

/** The response of a recording, as `fetch` gives it: decoded, its end included. */
function replayed({ status, headers, chunks, end }: Recording["response"]): Response {
  if (status === 204 || status === 304) return new Response(null, { status, headers });
  const upcoming = chunks.values();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { value, done } = upcoming.next();
      if (!done) controller.enqueue(new Uint8Array(chunkBytes(value)));
      else if (end === "closed") controller.close();
      else controller.error(new Error("the recorded connection was reset"));
    },
  });
  const isCompressed = new Headers(headers).get("content-encoding") === "gzip";
  const decoded = isCompressed ? body.pipeThrough(new DecompressionStream("gzip")) : body;
  return new Response(decoded, { status, headers });
}
