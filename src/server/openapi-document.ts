/** What Candor's OpenAPI document holds, of all that OpenAPI 3.1 knows. */
export interface ApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string; license: object };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  /** By path, and by method in small letters. */
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, object>;
    responses: Record<string, Answer>;
    securitySchemes: Record<string, object>;
  };
}

/** One method of one path. */
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  parameters?: object[];
  /** `[]`: no key is needed. */
  security?: [];
  requestBody?: { required: boolean; content: Record<string, Content> };
  responses: Record<string, Answer | { $ref: string }>;
}

/** One answer. */
export interface Answer {
  description: string;
  headers?: Record<string, object>;
  content?: Record<string, Content>;
}

/** A body of one content type. */
export interface Content {
  schema: object;
  examples?: Record<string, { summary: string; value: unknown }>;
}
