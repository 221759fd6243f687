import { loadFixtures } from "./fixtures.ts";
import { type ReceivedRequest, type Simulator, startSimulator } from "./simulator.ts";
import { isObject, parseJson } from "./wire/json.ts";

/** Models of the embedded upstream are named after its fixtures: `fixture/<endpoint>/<case>`. */
const MODEL_PREFIX = "fixture/";

/** Starts an upstream that answers with the fixture which the request's `model` names. */
export function startFixtureUpstream(): Simulator {
  const fixtures = loadFixtures();
  return startSimulator({
    answer: (request) => fixtures.get(askedModel(request).slice(MODEL_PREFIX.length))?.response,
  });
}

function askedModel({ body }: ReceivedRequest): string {
  const asked = parseJson(new TextDecoder().decode(body));
  return isObject(asked) && typeof asked["model"] === "string" ? asked["model"] : "";
}
