import { didYouMean } from "../config/nearest.ts";
import type { Dialect } from "../core/dialect.ts";
import { NAMED } from "../core/dialects/named.ts";
import { other } from "../core/dialects/other.ts";

/** An endpoint as a command line names it. */
export interface Endpoint {
  /** Also the folder of its fixtures: `chat-completions`. */
  name: string;
  dialect: Dialect;
}

/** Every endpoint: those that are judged in a dialect of their own, and `other` for all else. */
export const ENDPOINTS: Endpoint[] = [
  ...NAMED.map((dialect) => ({ name: dialect.path.slice(1).replaceAll("/", "-"), dialect })),
  { name: "other", dialect: other },
];

/** The names, for helps and messages. */
export const ENDPOINT_NAMES = ENDPOINTS.map(({ name }) => name).join(", ");

/**
 * The endpoint of a name: `chat-completions`, in short `chat`, or its path. Throws an error that
 * says which names there are.
 */
export function endpointOf(text: string): Endpoint {
  const name = text.replace(/^(\/api)?\/v1\//, "").replaceAll("/", "-");
  const found = ENDPOINTS.find((endpoint) => endpoint.name === (name === "chat" ? CHAT : name));
  if (found !== undefined) return found;
  const names = ["chat", ...ENDPOINTS.map((endpoint) => endpoint.name)];
  throw new Error(
    `--endpoint is "${text}"; ${ENDPOINT_NAMES} are allowed${didYouMean(name, names)}`,
  );
}

const CHAT = "chat-completions";
