import { type Config, readConfig } from "../../config/config.ts";
import { SETTING_FLAGS } from "../../config/setting-flags.ts";
import { readTelemetrySettings } from "../../observe/telemetry/telemetry-settings.ts";
import { countWorkers } from "../../server/workers/worker-count.ts";
import type { Command, Ending, Surroundings } from "../command.ts";
import { printableLine } from "../printable.ts";
import { EXIT_CODES, type Finding, MEANINGS, well, wrong } from "./finding.ts";
import { checkFolders } from "./folders.ts";
import { checkFiles, checkPort } from "./machine.ts";
import { checkUpstream } from "./upstream.ts";

/** Finds out whether candor serve would work here, and what is wrong where it would not. */
export const checkCommand: Command = {
  name: "check",
  summary: "find out whether candor serve would work here: settings, port, upstream, key",
  flags: SETTING_FLAGS,
  help: `Finds out whether candor serve would work with the same flags and environment: whether the settings
are good, the port is free, enough files may be open, upstream can be reached and is an API of
models, and, where OPENROUTER_API_KEY is set, whether upstream takes it. Nothing is spent.

Usage:
  candor check [settings]

Exit status: that of the first thing that is wrong.
  ${" 0"}  all is well
${Object.entries(EXIT_CODES)
  .map(([problem, code]) => `  ${String(code).padStart(2)}  ${meaningOf(problem)}`)
  .join("\n")}
`,
  async run(words, around) {
    const findings: Finding[] = [];
    for await (const finding of check(words, around)) {
      findings.push(finding);
      around.print(findingLine(finding, around));
    }
    const first = findings.find(({ problem }) => problem !== undefined)?.problem;
    return { exitCode: first === undefined ? 0 : EXIT_CODES[first] } satisfies Ending;
  },
};

/** Everything that is found, as it is found. */
export async function* check(
  words: string[],
  { environment, send }: Pick<Surroundings, "environment" | "send">,
): AsyncGenerator<Finding> {
  const reading = readConfig(environment, words);
  if ("problems" in reading) {
    for (const problem of reading.problems) yield wrong("settings", problem);
    return;
  }
  const { config, warnings } = reading;
  const problems = startProblems(config, environment);
  for (const problem of problems) yield wrong("settings", problem);
  if (problems.length > 0) return;
  yield well(["the settings are good", ...warnings].join("; but "));
  yield checkFiles(config);
  yield await checkPort(config);
  const { metricsPort } = config;
  if (metricsPort !== undefined) {
    yield await checkPort({ ...config, port: metricsPort }, "METRICS_PORT");
  }
  yield* checkFolders(config);
  yield* checkUpstream(config, send, environment);
}

/** What would stop the start beside the settings themselves. */
function startProblems(config: Config, environment: Record<string, string | undefined>): string[] {
  const workers = countWorkers(config);
  const telemetry = readTelemetrySettings(environment);
  return [
    ...("problem" in workers ? [workers.problem] : []),
    ...("problems" in telemetry ? telemetry.problems : []),
  ];
}

function findingLine({ problem, words }: Finding, { output }: Surroundings): string {
  const mark =
    problem === undefined ? output.paint("green", "ok   ") : output.paint("red", "WRONG");
  return `${mark}  ${printableLine(words)}`;
}

function meaningOf(problem: string): string {
  return Object.entries(MEANINGS).find(([name]) => name === problem)?.[1] ?? problem;
}
