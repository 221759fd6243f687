import { type Answer, expectedAnswer } from "./answers.ts";
import { FAILURE_NAMES, type FailureName, isDisguised, isFailureName } from "./failures.ts";

/** What came back, all in all. */
export interface Tally {
  requests: number;
  /** Good answers that came with another status, another text, or not at all. */
  errors: number;
  /** Good answers whose text and finish reason are right, but not their bytes. */
  rewritten: number;
  /** How often upstream failed in each way, and how often that came as a success. */
  failures: Record<FailureName, { sent: number; disguised: number }>;
}

/** Compares answers with what upstream sent, and counts. */
export interface AnswerJudge {
  /** `undefined` stands for an exchange that broke off. */
  judge(answer: Answer, status: number | undefined, body: string): void;
  tally: Tally;
}

const COMMENTS = /^:.*\n\n/gm;
const TEXTS = /"content":\s*"((?:[^"\\]|\\.)*)"/g;
const REASONS = /"finish_reason":\s*"(\w+)"/g;
const ENDS = /^data: ?(\[DONE\])$/gm;

/** Creates a judge of the answers to some requests. */
export function createAnswerJudge(): AnswerJudge {
  const none = FAILURE_NAMES.map((name) => [name, { sent: 0, disguised: 0 }]);
  const tally: Tally = {
    requests: 0,
    errors: 0,
    rewritten: 0,
    failures: Object.fromEntries(none),
  };
  const expected = new Map<Answer, string>();

  function expect(answer: Answer): string {
    const known = expected.get(answer);
    if (known !== undefined) return known;
    const text = expectedAnswer(answer);
    expected.set(answer, text);
    return text;
  }

  return {
    tally,
    judge(answer, status, body) {
      tally.requests += 1;
      if (isFailureName(answer)) {
        const failure = tally.failures[answer];
        failure.sent += 1;
        if (status !== undefined && isDisguised(answer, status, body)) failure.disguised += 1;
        return;
      }
      const text = expect(answer);
      if (status === 200 && (body === text || withoutComments(body) === text)) return;
      if (status === 200 && said(body) === said(text)) tally.rewritten += 1;
      else tally.errors += 1;
    },
  };
}

function withoutComments(body: string): string {
  return body.replace(COMMENTS, "");
}

/** All texts, all finish reasons, and the end of a stream, each in their order. */
function said(body: string): string {
  const found = [TEXTS, REASONS, ENDS].flatMap((pattern) => [...body.matchAll(pattern)]);
  return found.map(([, value]) => value).join("");
}
