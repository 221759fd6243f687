import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** The variable that makes a process a worker. */
const VARIABLE = "CANDOR_WORKER";

/** What a parent gives a worker on its way. */
export const Assignment = Type.Object({
  /** How many workers there are: each takes its share of the limits. */
  count: Type.Integer({ minimum: 1 }),
  /** Where all workers listen. */
  host: Type.String(),
  port: Type.Integer(),
  /** The socket on which the parent answers for the page and the metrics, and what opens it. */
  socket: Type.String(),
  token: Type.String(),
  /** How the log is written: a worker writes to its parent, and sees no terminal. */
  logFormat: Type.Union([Type.Literal("pretty"), Type.Literal("json")]),
  isColored: Type.Boolean(),
});
export type Assignment = Static<typeof Assignment>;

/** The environment of a worker with this assignment. */
export function assign(
  environment: Record<string, string | undefined>,
  assignment: Assignment,
): Record<string, string | undefined> {
  return {
    ...environment,
    ...distinguish(environment["OTEL_RESOURCE_ATTRIBUTES"] ?? ""),
    [VARIABLE]: JSON.stringify(assignment),
  };
}

/** This process's assignment; undefined where it is nobody's worker. */
export function readAssignment(
  environment: Record<string, string | undefined>,
): Assignment | undefined {
  const text = environment[VARIABLE];
  if (text === undefined || process.send === undefined) return undefined;
  return Value.Parse(Assignment, JSON.parse(text));
}

/** Metrics of two processes with one identity would overwrite each other in a collector. */
function distinguish(attributes: string): Record<string, string> {
  if (attributes.includes("service.instance.id")) return {};
  const given = attributes === "" ? [] : [attributes];
  const own = `service.instance.id=${crypto.randomUUID()}`;
  return { OTEL_RESOURCE_ATTRIBUTES: [...given, own].join(",") };
}
