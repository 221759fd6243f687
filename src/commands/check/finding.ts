/** What a check found, in one sentence. */
export interface Finding {
  /** Undefined: all is well, or worth no more than a remark. */
  problem: Problem | undefined;
  words: string;
}

/** The kinds of what can be wrong. */
export type Problem = keyof typeof EXIT_CODES;

/** The exit status for each kind of what is wrong. */
export const EXIT_CODES = {
  settings: 2,
  port: 3,
  "no-such-host": 4,
  unreachable: 5,
  tls: 6,
  proxy: 7,
  files: 8,
  "base-url": 9,
  key: 10,
};

/** The same for people, as the help lists them. */
export const MEANINGS: Record<Problem, string> = {
  settings: "a setting is wrong",
  port: "the port cannot be had",
  "no-such-host": "upstream's host has no address",
  unreachable: "upstream cannot be reached, or does not answer in time",
  tls: "TLS with upstream fails: a private CA is missing, or no TLS is spoken there",
  proxy: "the outgoing proxy cannot be reached, or refuses",
  files: "too few files may be open",
  "base-url": "OPENROUTER_BASE_URL is not where the API begins",
  key: "OPENROUTER_API_KEY is refused",
};

/** A finding of what is wrong. */
export function wrong(problem: Problem, words: string): Finding {
  return { problem, words };
}

/** A finding of what is well. */
export function well(words: string): Finding {
  return { problem: undefined, words };
}
