import { readConfig } from "../../config/config.ts";
import { BASE_PATH } from "../../proxy/client-request.ts";
import { endpointOf } from "../../proxy/endpoint.ts";
import { createProxy } from "../../proxy/proxy.ts";
import { type Seen, see } from "./seen.ts";
import { requestFor } from "../simulate/fixture-upstream.ts";
import type { Recording } from "../../recordings/recording.ts";
import { replayedResponse } from "../../recordings/replay.ts";

/** The key that callers of Candor, and of other gateways, have to have; the simulator takes any. */
export const ANY_KEY = "Bearer candor-grade";

/** What upstream said in a recording, as a client without a gateway would have seen it. */
export async function seeUpstream({ response }: Recording): Promise<Seen> {
  if (response.end !== "silent") return see(replayedResponse(response));
  // A recorded silence never ends: read what came before it, and call the rest late.
  return { ...(await see(replayedResponse({ ...response, end: "reset" }))), end: "late" };
}

/** A recorded silence says nothing new, however long it is waited out. */
const IMPATIENT = { STREAM_TAIL_MS: "100", STREAM_IDLE_TIMEOUT_MS: "1000" };

/** What would have been true: Candor's own answer, by its own judges, without a socket. */
export async function seeTruth(name: string, fixture: Recording): Promise<Seen> {
  const reading = readConfig(IMPATIENT, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  const proxy = createProxy(reading.config, async () => replayedResponse(fixture.response), {
    sinks: [],
  });
  const request = caseRequest(`http://localhost${BASE_PATH}`, name, fixture);
  const { path } = fixture.request;
  return see(await proxy.answer({ request, path, route: path }, endpointOf(path)));
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
