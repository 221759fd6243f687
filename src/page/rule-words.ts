import type { Rule } from "../core/fault.ts";

/** What a rule means, in a few words for a list, and in a sentence. */
export interface RuleWords {
  short: string;
  meaning: string;
}

/** The rules by which an answer of upstream is condemned. */
const VERDICTS: Record<Rule, RuleWords> = {
  "error-status": {
    short: "a failing status",
    meaning: "OpenRouter's own status line said that it failed. It was true already, and kept.",
  },
  "error-in-body": {
    short: "an error in the body",
    meaning: "The JSON body held an error, whatever the status line said.",
  },
  "error-in-choice": {
    short: "an error in a choice",
    meaning: "The provider failed while it wrote the answer: a choice carried an error.",
  },
  "error-in-event": {
    short: "an error in the stream",
    meaning: "An event of the stream reported an error.",
  },
  "unexpected-status": {
    short: "a status that is no answer",
    meaning: "The status was neither an answer nor a failure, such as a redirect.",
  },
  "unexpected-form": {
    short: "not what was asked for",
    meaning: "A page, a text, or a stream where JSON was asked for, or the reverse.",
  },
  "empty-body": {
    short: "an empty body",
    meaning: "There was nothing in the body but white space and comments.",
  },
  "not-json": { short: "not JSON", meaning: "The body called itself JSON, and was none." },
  "no-answer": {
    short: "no answer in it",
    meaning: "The JSON held neither an error nor an answer, such as a first choice.",
  },
  "failed-generation": {
    short: "a failed generation",
    meaning: "Nothing was generated: no content, no finish, no tokens.",
  },
  "malformed-event": {
    short: "a broken event",
    meaning: "The data of an event was not JSON: clients would crash on it.",
  },
  "ended-early": {
    short: "it ended too early",
    meaning: "The stream ended, and nothing said that the answer was whole.",
  },
  cut: {
    short: "the connection broke",
    meaning: "The connection to OpenRouter broke off before the answer was complete.",
  },
  silence: {
    short: "it fell silent",
    meaning: "OpenRouter sent no event for longer than STREAM_IDLE_TIMEOUT_MS.",
  },
  "too-complex": {
    short: "too deeply nested",
    meaning: "The JSON was nested too deeply, or held too many objects, to be read.",
  },
  "upstream-timeout": {
    short: "no answer in time",
    meaning: "OpenRouter did not answer within UPSTREAM_TIMEOUT_MS.",
  },
  shutdown: {
    short: "Candor stopped",
    meaning: "Candor was shut down before the answer was complete.",
  },
};

/** Why Candor answers itself, by the kind of the failure, and how else an exchange can end. */
const FAILURES: Record<string, RuleWords> = {
  "no-key": { short: "no key was sent", meaning: "The request came without a key." },
  "wrong-key": {
    short: "an unknown key",
    meaning: "The key is none of PROXY_API_KEYS.",
  },
  "foreign-host": {
    short: "a foreign Host",
    meaning: "The Host is not this machine's. To serve others, set PROXY_API_KEYS.",
  },
  "foreign-origin": {
    short: "a foreign page",
    meaning: "A page of another origin called. To allow it, list it in CORS_ORIGINS.",
  },
  "foreign-page": {
    short: "a foreign page",
    meaning: "A page of another site called. To allow it, list its origin in CORS_ORIGINS.",
  },
  websocket: {
    short: "a WebSocket",
    meaning: "There are no WebSockets here: clients go on with HTTP.",
  },
  "unknown-path": { short: "no such path", meaning: "There is nothing at this path." },
  "wrong-method": { short: "a wrong method", meaning: "This path does not take this method." },
  "bad-header": { short: "a bad header", meaning: "A header field of the request is not valid." },
  "body-too-large": {
    short: "the body is too large",
    meaning: "The body is larger than MAX_BODY_BYTES.",
  },
  "body-cut": {
    short: "half a request",
    meaning: "The client closed its connection before the body was complete.",
  },
  "request-timeout": {
    short: "a slow request",
    meaning: "The body was not complete within REQUEST_TIMEOUT_MS.",
  },
  "wrong-content-type": {
    short: "not sent as JSON",
    meaning: "The request needs the header field Content-Type: application/json.",
  },
  "wrong-content-encoding": {
    short: "an unknown coding",
    meaning: "The body is encoded in a way that Candor does not read.",
  },
  "bad-body": {
    short: "not a valid request",
    meaning: "The body is not what this endpoint takes: look at the message.",
  },
  "too-busy": {
    short: "Candor is full",
    meaning: "Candor is at one of its limits: the message names the setting.",
  },
  "no-resources": {
    short: "no file or memory left",
    meaning: "The system had no file or no memory left for a connection: see ulimit -n.",
  },
  unreachable: {
    short: "OpenRouter not reached",
    meaning: "There was no connection to OpenRouter, or it broke before an answer.",
  },
  "client-gone": { short: "the client left", meaning: "The client closed its connection." },
  "client-stalled": {
    short: "the client stopped",
    meaning: "The client stopped reading, and was let go.",
  },
  bug: { short: "a bug in Candor", meaning: "Candor failed. Its log names the place." },
  "worker-died": {
    short: "a worker died",
    meaning: "The process that had the exchange ended before it. The log says how it ended.",
  },
};

const WORDS = new Map(Object.entries({ ...FAILURES, ...VERDICTS }));

/** The words of a rule; of one that nobody knows, its own name. */
export function ruleWords(rule: string): RuleWords {
  const name = rule.replaceAll("-", " ");
  return WORDS.get(rule) ?? { short: name, meaning: `The rule was "${name}".` };
}
