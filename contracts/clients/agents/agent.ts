/** What an agent is asked, and where: a folder of its own to live in, and one to work in. */
export interface Task {
  home: string;
  workFolder: string;
  baseUrl: string;
  model: string;
}

/** The words that start an agent behind its program, and what it finds in its environment. */
export interface Start {
  words: string[];
  environment: Record<string, string>;
}

/** How a run of an agent ended. */
export interface Ending {
  /** The lines of its standard output that are JSON objects. */
  events: Record<string, unknown>[];
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** What an agent's user has got: the text, and the failure that was told, if one was. */
export interface Reading {
  text: string;
  failure?: { class: string; message: string; status?: number };
}

/** A coding agent, as its users start it without a terminal. */
export interface Agent {
  /** Its folder below the set's. */
  folder: string;
  /** Its package and the version that is installed. */
  package: string;
  version: string;
  /** Its program below `node_modules/.bin`. */
  program: string;
  /** Writes its configuration, and tells how it is started. */
  prepare: (task: Task) => Promise<Start>;
  read: (ending: Ending) => Reading;
}

/** Some agents take a single word for a command. */
export const PROMPT = "Say hello";
