/** What a client has given its user so far. */
export interface Reading {
  /** The text, put together as its user would. */
  text: string;
  /** All that it gave, piece by piece and in its own form, but for what no two runs share. */
  pieces: unknown[];
}

/** The folder of the fixtures of an endpoint. */
export type Endpoint = "chat-completions" | "responses" | "messages" | "embeddings";

/** Asks the one question through a client, and notes what it gives. Rejects as the client does. */
export type Ask = (baseUrl: string, reading: Reading) => Promise<void>;

/** A client as people install it, with as many retries as it makes by default. */
export interface Client {
  packages: string[];
  endpoint: Endpoint;
  /** Asks for a plain answer. */
  ask: Ask;
  /** Asks for a stream and reads it to its end; absent where the endpoint has none. */
  stream?: Ask;
}

/** What every client is asked with. Base URLs end with `/v1`, as OpenRouter's own does. */
export const MODEL = "openai/gpt-4o-mini";
export const PROMPT = "Hello";
export const API_KEY = "test-key";
