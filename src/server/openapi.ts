import type { TSchema } from "@sinclair/typebox";
import packageJson from "../../package.json" with { type: "json" };
import {
  ChatRequest,
  EmbeddingsRequest,
  MessagesRequest,
  ResponsesRequest,
} from "../proxy/request-schemas.ts";
import { AnthropicError, OpenAiError } from "./error-schemas.ts";
import type { ApiDocument } from "./openapi-document.ts";
import { NAMED_ENDPOINTS } from "./openapi-endpoints.ts";
import { errorAnswers } from "./openapi-errors.ts";
import { type ExampleAnswer, exampleAnswers } from "./openapi-examples.ts";
import { describeOperation } from "./openapi-operation.ts";
import { OTHER_PATHS } from "./openapi-other-paths.ts";

const SCHEMAS: Record<string, TSchema> = {
  ChatRequest,
  EmbeddingsRequest,
  MessagesRequest,
  ResponsesRequest,
  OpenAiError,
  AnthropicError,
};

/** The API of a Candor: its request schemas, every status of an error, and answers of its own. */
export async function describeApi(): Promise<ApiDocument> {
  const examples = new Map<string, ExampleAnswer[]>();
  for (const { path } of NAMED_ENDPOINTS) examples.set(path, await exampleAnswers(path));
  const examplesOf = (path: string) => examples.get(path) ?? [];
  const errors = {
    ...errorAnswers("OpenAiError", examplesOf("/chat/completions")),
    ...errorAnswers("AnthropicError", examplesOf("/messages")),
  };
  const paths: ApiDocument["paths"] = {};
  for (const endpoint of NAMED_ENDPOINTS) {
    const { path } = endpoint;
    paths[`/v1${path}`] = {
      post: describeOperation(endpoint, examplesOf(path), Object.keys(errors)),
    };
  }
  const chat = paths["/v1/chat/completions"]?.["post"];
  if (chat !== undefined) paths["/proxy"] = { post: { ...chat, operationId: "proxy" } };
  return {
    openapi: "3.1.0",
    info: {
      title: "Candor",
      version: packageJson.version,
      description: `${packageJson.description}. Everything below /v1 is at /api/v1 as well, where an error's code is a number, as OpenRouter's own.`,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    paths: { ...paths, ...OTHER_PATHS },
    components: {
      schemas: SCHEMAS,
      responses: errors,
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  };
}
