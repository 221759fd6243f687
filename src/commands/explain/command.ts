import { type Command, refused } from "../command.ts";
import { ENDPOINT_NAMES } from "../endpoints.ts";
import { explain } from "./explain.ts";
import { EXPLAIN_FLAGS, EXPLAIN_USAGE } from "./options.ts";

/** Judges a captured answer, and prints what Candor would answer and why. */
export const explainCommand: Command = {
  name: "explain",
  summary: "judge a captured answer: what Candor would answer, and why",
  flags: EXPLAIN_FLAGS,
  help: `Judges a captured answer of OpenRouter: what Candor would answer, by which rule, and why.

Usage:
  ${EXPLAIN_USAGE}

  FILE                   the captured answer; - reads it from standard input. What it is, is told
                         by its content: a fixture as candor record writes it, a HAR file as
                         browsers save it, what curl -v prints, a raw HTTP response as curl -i
                         saves it, or a bare body (JSON, an event stream, or anything)
  --status N             the status of a bare body, by default 200
  --content-type TYPE    the content type of a bare body, by default as the body looks
  --stream, --no-stream  what the request had asked for, by default what came
  --endpoint NAME        which endpoint was asked, by default the captured request's, else
                         chat-completions; or one of
                         ${ENDPOINT_NAMES}
  --cut, --no-cut        whether the connection broke off at the end of the capture, by default
                         only where fewer bytes were captured than the answer announced
  --entry N              which entry of a HAR file, by default the last that asked an endpoint
  --json                 prints the explanation for machines

Exit status:
  0  the answer is relayed: it is good
  3  the answer is repaired, or its stream ends with an error
  2  the call or the capture is wrong

It is Candor itself that judges, with the default settings, and without key or network:

  curl -si https://openrouter.ai/api/v1/chat/completions … | candor explain -
`,
  async run(words) {
    const explained = await explain(words);
    if ("problems" in explained) return refused(explained.problems);
    return { text: explained.text, exitCode: explained.exitCode };
  },
};
