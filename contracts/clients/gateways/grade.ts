import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { RunningGateway } from "./gateway.ts";

const Grade = Type.Object({
  passed: Type.Number(),
  total: Type.Number(),
  cases: Type.Array(
    Type.Object({
      name: Type.String(),
      passed: Type.Boolean(),
      untruth: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

/** How long an answer of a gateway may take, wherever one is graded: the slow ones need it. */
export const GRADE_TIMEOUT_MS = 20_000;

/** What `candor grade --json` says of a gateway. */
export type Grade = Static<typeof Grade>;

/** Grades a gateway in all cases of chat completions, with the simulated OpenRouter on a port. */
export async function gradeGateway(
  binary: string,
  { url, headers }: Pick<RunningGateway, "url" | "headers">,
  simulatorPort: number,
): Promise<Grade> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const only = ["--endpoint", "chat-completions", "--timeout-ms", String(GRADE_TIMEOUT_MS)];
  const port = ["--simulator-port", String(simulatorPort)];
  const words = [binary, "grade", url, ...fields, ...only, ...port, "--json"];
  const grading = Bun.spawn(words, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [json, complaint] = await Promise.all([grading.stdout.text(), grading.stderr.text()]);
  if ((await grading.exited) !== 0) throw new Error(`candor grade: ${complaint.trim()}`);
  return Value.Parse(Grade, JSON.parse(json));
}
