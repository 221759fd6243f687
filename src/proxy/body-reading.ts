import { isObject, type JsonObject, parseJson } from "../core/json.ts";
import { inTurn } from "../core/turns.ts";
import { type Excess, findExcess, FIXED_LIMITS } from "../core/structure.ts";
import { contentTypeOf, isJson } from "./content-type.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Failure } from "./failure.ts";

/** How much structure a body may have: to parse more of it takes seconds and gigabytes. */
export interface StructureSettings {
  maxJsonDepth: number;
  maxJsonContainers: number;
}

/** The outline of what a body says, empty where it is no object; or why it cannot be taken. */
export type BodyReading = { outline: JsonObject } | { failure: Failure };

/** Reads a body as JSON: that of a named endpoint has to be it, and without a flaw. */
export async function understandBody(
  bytes: Uint8Array,
  headers: Headers,
  { dialect, findFlaw }: Endpoint,
  limits: StructureSettings,
): Promise<BodyReading> {
  if (!dialect.isNamed && !isJson(contentTypeOf(headers))) return { outline: {} };
  const text = decodeStrictly(bytes);
  const excess = text === undefined ? undefined : excessOf(text, limits);
  if (excess !== undefined) return badBody(tooMuch(excess, limits));
  const value = await inTurn(bytes.length, () =>
    text === undefined ? undefined : parseJson(text),
  );
  if (!dialect.isNamed) return { outline: isObject(value) ? outline(value) : {} };
  if (value === undefined) return badBody("The body is not JSON in UTF-8.");
  const flaw = findFlaw(value);
  if (flaw !== undefined) return badBody(flaw.message, flaw.param);
  return isObject(value) ? { outline: outline(value) } : badBody("The body is not a JSON object.");
}

function excessOf(text: string, settings: StructureSettings): Excess | undefined {
  const { maxJsonDepth: maxDepth, maxJsonContainers: maxContainers } = settings;
  return findExcess(text, { maxDepth, maxContainers });
}

/** What a body has too much of, and the setting that moves that limit, where one does. */
function tooMuch(excess: Excess, { maxJsonDepth, maxJsonContainers }: StructureSettings): string {
  switch (excess) {
    case "depth":
      return `The body is nested deeper than ${maxJsonDepth} levels (MAX_JSON_DEPTH).`;
    case "containers":
      return `The body has more than ${maxJsonContainers} arrays and objects (MAX_JSON_CONTAINERS).`;
    case "texts":
      return `The body has more than ${FIXED_LIMITS.texts} texts.`;
    case "names":
      return `The body has more than ${FIXED_LIMITS.names} names that differ.`;
    case "values":
      return `The body has more than ${FIXED_LIMITS.values} values.`;
  }
}

/** A body with what its arrays and objects hold left out; of `input` the length is kept. */
function outline(body: JsonObject): JsonObject {
  const outlined: JsonObject = {};
  for (const name in body) {
    const value = body[name];
    if (Array.isArray(value)) outlined[name] = name === "input" ? outlineOfInput(value) : [];
    else outlined[name] = isObject(value) ? {} : value;
  }
  return outlined;
}

/** As many holes as there were inputs; an array of numbers, as tokens are, is one of them. */
function outlineOfInput(items: unknown[]): unknown[] {
  if (typeof items[0] === "number") return [0];
  const holes: unknown[] = [];
  holes.length = items.length;
  return holes;
}

function badBody(problem: string, param: string | null = null): BodyReading {
  return { failure: { kind: "bad-body", param, problem } };
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true });

/** The text of a body; undefined where it is not in UTF-8. */
function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}
