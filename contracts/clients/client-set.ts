/** How a client is asked: for one JSON answer, for a stream, or with a tool that it may call. */
export type Kind = "plain" | "stream" | "tools";

/** The endpoint of OpenRouter's that a client speaks to. */
export type Endpoint = "chat" | "responses" | "messages";

/** A base URL of Candor's: OpenAI's kind of path, and OpenRouter's own. */
export const BASE_PATHS = ["/v1", "/api/v1"] as const;
export type BasePath = (typeof BASE_PATHS)[number];

/** A client, as its users install it and with as many retries as it makes by default. */
export interface SetClient {
  /** As `--client` names it, and the page: its package, and its endpoint where it has several. */
  name: string;
  version: string;
  endpoint: Endpoint;
  /** The kinds that its users ask for. */
  kinds: Kind[];
  /** Where it meets Candor; `["/v1"]` unless people give it OpenRouter's own URLs. */
  paths: BasePath[];
  /** The words that start it, for the folder that the set was installed into. */
  command: (folder: string) => string[];
  /** Beside `PATH`, `HOME` (an empty folder) and `OPENROUTER_API_KEY`. */
  environment?: Record<string, string>;
  /** Whether it takes its runs as lines on standard input, to be started only once. */
  readsLines?: boolean;
  /** Seconds for one run, by default 20. */
  limitSeconds?: number;
  /** For the page: what a user should set, in one sentence. */
  advice?: string;
}

/** What a measurement of another kind adds to the page, and what became worse through Candor. */
export interface Measurement {
  markdown: string;
  worse: string[];
}

/** Clients of one language or kind, which are installed together. */
export interface ClientSet {
  name: string;
  /** A program that has to be there, and one sentence that says how to get it. */
  toolchain: { program: string; missing: string };
  /** Installs everything into the folder, at pinned versions; quick where all is there already. */
  install: (folder: string) => Promise<void>;
  clients: SetClient[];
  /** For the page, in Markdown: where clients contradict each other, and what was decided. */
  notes?: string;
  /** For what is no client of this protocol, such as a gateway: measures it in its own way. */
  measure?: (folder: string, binary: string) => Promise<Measurement>;
}
