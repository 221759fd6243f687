import { type Command, refused } from "../command.ts";
import { ENDPOINT_NAMES } from "../endpoints.ts";
import { SIMULATOR_PORT } from "../simulate/fixture-upstream.ts";
import { grade } from "./grade.ts";
import { GRADE_FLAGS, GRADE_USAGE } from "./options.ts";
import { startProgress } from "../progress.ts";

/** Grades a gateway, and prints its score. */
export const gradeCommand: Command = {
  name: "grade",
  summary: "find out how much of the truth a gateway tells",
  flags: GRADE_FLAGS,
  help: `Grades a gateway: sends it every case, and compares what its client gets with what is true.

Usage:
  ${GRADE_USAGE}

  URL                     what an SDK takes as the gateway's base URL: http://127.0.0.1:8787/v1
  -H, --header 'n: v'     a header to send with every request; may be repeated
  --simulator-port PORT   where the upstream of the cases is started, by default ${SIMULATOR_PORT}
  --no-simulator          candor simulate runs already, wherever the gateway finds it
  --endpoint NAME         only the cases of one endpoint:
                          ${ENDPOINT_NAMES}
  --only PATTERN          only the cases whose name fits, such as 'stream-*'
  --timeout-ms MS         how long an answer may take to its end, by default 10000
  --all                   lists the cases that passed as well
  --json, --junit         prints the result in this form, for machines
  --min-score PERCENT     exits with 1 below this score; without it, the exit status is 0

The gateway has to be set up to take http://127.0.0.1:${SIMULATOR_PORT}/api/v1 for OpenRouter. With Candor:

  OPENROUTER_BASE_URL=http://127.0.0.1:${SIMULATOR_PORT}/api/v1 candor
  candor grade http://127.0.0.1:3000/v1

Exit status:
  0  the score is at least --min-score
  1  it is not
  2  the call is wrong, or the gateway was not reached

A case passes where a client can go by what it gets:
  a failure     has its status (any 5xx where the truth is 502), and error.message in JSON;
  an answer     is the same text, calls and finish reason, in the form that was asked for;
  a stream      that fails after its first words says so, or breaks off, and has no [DONE].
`,
  async run(words, { version, output, errors }) {
    const progress = startProgress(errors);
    const graded = await grade(words, version, { terminal: output, onProgress: progress.show });
    progress.end();
    if ("problems" in graded) return refused(graded.problems);
    return { text: graded.text, exitCode: graded.isGoodEnough ? 0 : 1 };
  },
};
