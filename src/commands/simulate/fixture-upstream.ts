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
import { didYouMean } from "../../config/nearest.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";

/** Models of the embedded upstream are named after its fixtures: `fixture/<endpoint>/<case>`. */
const FIXTURE_PREFIX = "fixture/";

/** Names the model where a request has no body that could: it wins over the body's. */
export const MODEL_HEADER = "x-openrouter-simulate";

/** Where `candor simulate` listens unless told otherwise. */
export const SIMULATOR_PORT = 4100;

/** The model of a healthy answer. */
export const HEALTHY_MODEL = "healthy";

/** What the embedded upstream was asked for, and what it answered. */
export interface Asked {
  method: string;
  path: string;
  /** As it was asked for; empty where none was. */
  model: string;
  /** Undefined where the connection is broken in place of an answer. */
  status: number | undefined;
}

/** What the embedded upstream is started with. */
export interface FixtureUpstreamOptions extends Omit<SimulatorOptions, "answer"> {
  /** Answers for a model that there is not; without it, that is a 404. */
  defaultModel?: string;
  onAsked?: (asked: Asked) => void;
}

/**
 * Starts an upstream that answers as the request's `model` says: with a fixture, with a live fault,
 * or in good health. It serves `/api/v1` and `/v1` alike. Throws where the port is taken.
 */
export function startFixtureUpstream(options: FixtureUpstreamOptions = {}): Simulator {
  const { defaultModel, onAsked, ...rest } = options;
  const fixtures = loadFixtures();
  const askedFaults = new Set<string>();

  function answer(request: ReceivedRequest): SimulatedResponse | undefined {
    const asked = readAsked(request);
    const response: SimulatedResponse | undefined =
      answerModel(asked.model, asked) ??
      (defaultModel === undefined ? undefined : answerModel(defaultModel, asked)) ??
      (hasAnswers(asked) ? refuseModel(asked, [...fixtures.keys()]) : undefined);
    const { method, path } = request;
    const status = response?.isMute === true ? undefined : response?.status;
    onAsked?.({ method, path, model: asked.model, status: response === undefined ? 404 : status });
    return response;
  }

  /** The answer to a request for this model; undefined where there is no such model. */
  function answerModel(model: string, asked: AskedAnswer): SimulatedResponse | undefined {
    const { endpoint, isStream } = asked;
    if (model.startsWith(FAULT_PREFIX)) {
      const healthy = findHealthy(asked);
      const isRepeated = askedFaults.has(model);
      askedFaults.add(model);
      return healthy && spoiledAnswer(model, healthy, isStream, isRepeated);
    }
    if (model === "" || model === HEALTHY_MODEL) return findHealthy(asked);
    const [name = "", query = ""] = model.split("?", 2);
    const fixture =
      fixtures.get(name.replace(FIXTURE_PREFIX, "")) ?? fixtures.get(`${endpoint}/${name}`);
    if (fixture === undefined) return undefined;
    const isTimed = new URLSearchParams(query).has("timed");
    return isTimed ? { ...fixture.response, timed: true } : fixture.response;
  }

  /** Whether anything answers there: else it is the path that is wrong, and not the model. */
  function hasAnswers({ endpoint }: AskedAnswer): boolean {
    return [...fixtures.keys()].some((name) => name.startsWith(`${endpoint}/`));
  }

  function findHealthy({ endpoint, isStream, isList }: AskedAnswer): SimulatedResponse | undefined {
    if (isList) return modelList([...fixtures.keys()]);
    return fixtures.get(`${endpoint}/${isStream ? "stream" : "200"}-success`)?.response;
  }

  return startSimulator({ ...rest, answer });
}

/** What a request asks for. */
interface AskedAnswer {
  endpoint: string;
  model: string;
  isStream: boolean;
  /** Whether it asks for the list of models. */
  isList: boolean;
}

function readAsked(request: ReceivedRequest): AskedAnswer {
  const endpoint = endpointOf(request.path);
  const body = parseJson(new TextDecoder().decode(request.body));
  return {
    endpoint,
    model: askedModel(request, isObject(body) ? body : {}),
    isStream: isObject(body) && body["stream"] === true,
    isList: endpoint === "models" && request.method === "GET",
  };
}

/** A 404 that names the nearest model; undefined where there was none to refuse. */
function refuseModel({ endpoint, model }: AskedAnswer, names: string[]) {
  if (model === "" || model === HEALTHY_MODEL) return undefined;
  const isFault = model.startsWith(FAULT_PREFIX);
  const candidates = isFault
    ? FAULTS.map(({ name }) => FAULT_PREFIX + name)
    : names.flatMap((name) => [
        FIXTURE_PREFIX + name,
        name,
        ...(name.startsWith(`${endpoint}/`) ? [name.slice(endpoint.length + 1)] : []),
      ]);
  const [asked = ""] = model.split("?", 1);
  const advice = didYouMean(asked, candidates) || `; ${HEALTHY_MODEL} is a healthy answer.`;
  const list = isFault ? "candor simulate --help lists all faults" : "GET /v1/models lists all";
  return errorResponse(404, `There is no model ${model}${advice} ${list}.`);
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
