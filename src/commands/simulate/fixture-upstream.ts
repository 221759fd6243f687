import { spoiledAnswer, FAULT_PREFIX, FAULTS } from "./faults.ts";
import { loadFixtures } from "../../recordings/fixtures.ts";
import type { Recording } from "../../recordings/recording.ts";
import { errorResponse, type SimulatedResponse } from "./simulated-response.ts";
import {
  type ReceivedRequest,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "./simulator.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";

/** Models of the embedded upstream are named after its fixtures: `fixture/<endpoint>/<case>`. */
const FIXTURE_PREFIX = "fixture/";

/** Names the model where a request has no body that could: it wins over the body's. */
export const MODEL_HEADER = "x-openrouter-simulate";

/** Where `candor simulate` listens unless told otherwise. */
export const SIMULATOR_PORT = 4100;

/**
 * Starts an upstream that answers as the request's `model` says: with a fixture, with a live fault,
 * or, for any other model, in good health. It serves `/api/v1` and `/v1` alike. Throws where the
 * port is taken.
 */
export function startFixtureUpstream(options: Omit<SimulatorOptions, "answer"> = {}): Simulator {
  const fixtures = loadFixtures();
  const askedFaults = new Set<string>();

  function answer(request: ReceivedRequest): SimulatedResponse | undefined {
    const endpoint = endpointOf(request.path);
    const body = parseJson(new TextDecoder().decode(request.body));
    const model = askedModel(request, isObject(body) ? body : {});
    const isStream = isObject(body) && body["stream"] === true;
    if (model.startsWith(FIXTURE_PREFIX)) return replay(model.slice(FIXTURE_PREFIX.length));
    const isList = endpoint === "models" && request.method === "GET";
    const healthyName = `${endpoint}/${isStream ? "stream" : "200"}-success`;
    const healthy = isList ? modelList([...fixtures.keys()]) : fixtures.get(healthyName)?.response;
    if (model.startsWith(FAULT_PREFIX) && healthy !== undefined) {
      const isRepeated = askedFaults.has(model);
      askedFaults.add(model);
      const message = `There is no ${model}: candor simulate --help lists all faults.`;
      return spoiledAnswer(model, healthy, isStream, isRepeated) ?? errorResponse(404, message);
    }
    return healthy;
  }

  function replay(name: string): SimulatedResponse {
    const [fixtureName = "", query = ""] = name.split("?", 2);
    const response = fixtures.get(fixtureName)?.response;
    const message = `There is no fixture ${fixtureName}: GET /v1/models lists all.`;
    if (response === undefined) return errorResponse(404, message);
    return new URLSearchParams(query).has("timed") ? { ...response, timed: true } : response;
  }

  return startSimulator({ ...options, answer });
}

/** The request of a recording, for the model that makes the embedded upstream answer with it. */
export function requestFor(name: string, { request }: Recording): Recording["request"] {
  const model = FIXTURE_PREFIX + name;
  const body = parseJson(request.body);
  return {
    ...request,
    headers: [...request.headers, [MODEL_HEADER, model]],
    body: isObject(body) ? JSON.stringify({ ...body, model }) : request.body,
  };
}

/** The folder of the fixtures of what a path asks for: `chat-completions`. */
function endpointOf(path: string): string {
  const [withoutQuery = ""] = path.split("?", 1);
  return withoutQuery.replace(/^(\/api)?\/v1\//, "").replaceAll("/", "-");
}

function askedModel({ headers }: ReceivedRequest, { model }: JsonObject): string {
  return headers.get(MODEL_HEADER) ?? (typeof model === "string" ? model : "");
}

/** OpenAI's list of models, with a live fault in place of each pattern. */
function modelList(fixtureNames: string[]): SimulatedResponse {
  const faults = FAULTS.map(({ name }) => FAULT_PREFIX + name.replace("-N-", "-3-"));
  const ids = [...fixtureNames.map((name) => FIXTURE_PREFIX + name), ...faults];
  const data = ids.map((id) => ({ id, object: "model", created: 0, owned_by: "candor" }));
  return {
    status: 200,
    headers: [["content-type", "application/json"]],
    chunks: [{ at: 0, text: JSON.stringify({ object: "list", data }) }],
    end: "closed",
  };
}
