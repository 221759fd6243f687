import type { Answer, ApiDocument, Operation } from "./openapi-document.ts";

const METHODS = ["get", "post", "put", "patch", "delete"];

const FAILED: Answer = {
  description: "The true status of a failure, in the form of /v1/chat/completions.",
  content: { "application/json": { schema: { $ref: "#/components/schemas/OpenAiError" } } },
};

/** What stands beside the named endpoints: the rest of upstream's, and Candor's own pages. */
export const OTHER_PATHS: ApiDocument["paths"] = {
  "/v1/{path}": Object.fromEntries(METHODS.map((method) => [method, relayed(method)])),
  "/healthz": { get: own("healthz", "Whether it lives", "application/json") },
  "/readyz": {
    get: {
      ...own("readyz", "Whether it takes requests", "application/json"),
      responses: {
        "200": { description: "It does." },
        "503": { description: "It is about to stop." },
      },
    },
  },
  "/metrics": {
    get: {
      operationId: "metrics",
      summary: "Metrics for Prometheus, for those who have a client key, where there are any",
      responses: { "200": { description: "Metrics.", content: { "text/plain": { schema: {} } } } },
    },
  },
  "/openapi.json": { get: own("openapi", "This document", "application/json") },
  "/docs": { get: own("docs", "This document, to be read", "text/html") },
  "/": { get: own("page", "The live page", "text/html") },
};

function relayed(method: string): Operation {
  return {
    operationId: `relay-${method}`,
    summary: "Any other endpoint of upstream's",
    description: "Errors that a 200 or a stream hides get their status; all else passes untouched.",
    parameters: [{ name: "path", in: "path", required: true, schema: { type: "string" } }],
    responses: { "2XX": { description: "What upstream sent, byte for byte." }, default: FAILED },
  };
}

function own(operationId: string, summary: string, type: string): Operation {
  const content = { [type]: { schema: {} } };
  return {
    operationId,
    summary,
    security: [],
    responses: { "200": { description: summary, content } },
  };
}
