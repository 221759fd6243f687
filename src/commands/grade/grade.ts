import { startFixtureUpstream } from "../simulate/fixture-upstream.ts";
import { loadFixtures } from "../../recordings/fixtures.ts";
import { findUntruth } from "./mark.ts";
import { type GradeOptions, readGradeOptions } from "./options.ts";
import {
  type CaseResult,
  type Grade,
  gradeJson,
  gradeJunit,
  gradeTable,
  scoreOf,
} from "./report.ts";
import { type Seen, see, UNANSWERED } from "./seen.ts";
import { caseRequest, seeTruth, seeUpstream } from "./truth.ts";
import type { Recording } from "../../recordings/recording.ts";
import type { Simulator } from "../simulate/simulator.ts";
import { describeConnection } from "../connection-problem.ts";
import { ENDPOINTS } from "../endpoints.ts";
import { PLAIN, type Terminal } from "../terminal.ts";

/** A grade to print, and whether it is as good as was asked for. */
export interface PrintedGrade {
  text: string;
  isGoodEnough: boolean;
}

/** Where the grade is printed, and who is told how many cases are done. */
export interface GradeOutput {
  terminal?: Terminal;
  onProgress?: (done: number, total: number) => void;
}

/** A case: a fixture by its name. */
type Case = [name: string, fixture: Recording];

/** What every gateway can do: with it is tried out whether all is set up. */
const FIRST_CASE = "chat-completions/200-success";

/** Cases under way at once: more would measure the machine. */
const AT_ONCE = 4;

/**
 * Sends every case to a gateway that stands in front of the embedded upstream, and grades what its
 * client gets. Resolves to the grade, or to what is wrong with the call or the set-up.
 */
export async function grade(
  words: string[],
  version: string,
  { terminal = PLAIN, onProgress = () => {} }: GradeOutput = {},
): Promise<PrintedGrade | { problems: string[] }> {
  const options = readGradeOptions(words);
  if ("problems" in options) return options;
  const cases = chooseCases(options);
  if (cases.length === 0) return { problems: ["no case fits --endpoint and --only"] };
  const simulator = startSimulator(options);
  if (simulator !== undefined && "problems" in simulator) return simulator;
  try {
    const problem = await findSetupProblem(options, simulator);
    if (problem !== undefined) return { problems: [problem] };
    const results = await gradeCases(cases, options, onProgress);
    const graded = { baseUrl: options.baseUrl, version, at: new Date(), results };
    return print(graded, options, terminal);
  } finally {
    await simulator?.stop();
  }
}

function print(
  graded: Grade,
  { form, showsAll, minScore }: GradeOptions,
  terminal: Terminal,
): PrintedGrade {
  const isGoodEnough = scoreOf(graded) >= minScore;
  switch (form) {
    case "json":
      return { text: gradeJson(graded), isGoodEnough };
    case "junit":
      return { text: gradeJunit(graded), isGoodEnough };
    case "table":
      return { text: gradeTable(graded, showsAll, terminal), isGoodEnough };
  }
}

function chooseCases({ endpoint, pattern }: GradeOptions): Case[] {
  const glob = new Bun.Glob(pattern ?? "*");
  return [...loadFixtures()].filter(([name]) => {
    const [folder, caseName = ""] = name.split("/");
    return (endpoint === undefined || endpointNameOf(folder) === endpoint) && glob.match(caseName);
  });
}

/** The endpoint of a folder of fixtures. */
function endpointNameOf(folder = ""): string {
  return ENDPOINTS.some(({ name }) => name === folder) ? folder : "other";
}

function startSimulator({
  simulatorPort: port,
}: GradeOptions): Simulator | { problems: string[] } | undefined {
  if (port === undefined) return undefined;
  try {
    return startFixtureUpstream({ port });
  } catch {
    const advice = "if candor simulate runs there, add --no-simulator, else --simulator-port";
    return { problems: [`port ${port} is taken; ${advice}`] };
  }
}

/** What to do where the gateway, or upstream behind it, is not reached. */
async function findSetupProblem(
  options: GradeOptions,
  simulator: Simulator | undefined,
): Promise<string | undefined> {
  const fixture = loadFixtures().get(FIRST_CASE);
  if (fixture === undefined) throw new Error(`The fixture ${FIRST_CASE} is missing.`);
  const { baseUrl, timeoutMs } = options;
  const { seen, error } = await ask([FIRST_CASE, fixture], options);
  if (seen.end === "late") return `no gateway answers at ${baseUrl} within ${timeoutMs} ms`;
  if (seen.status === undefined) {
    return `no gateway answers at ${baseUrl}: ${describeConnection(error, baseUrl).words}`;
  }
  if (simulator === undefined || simulator.requests.length > 0) return undefined;
  const advice = `it has to take ${simulator.url} for OpenRouter`;
  return `${baseUrl} answered ${seen.status} without asking upstream; ${advice}`;
}

/** The results in the order of the cases. */
async function gradeCases(
  cases: Case[],
  options: GradeOptions,
  onProgress: (done: number, total: number) => void,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const upcoming = cases.entries();
  let done = 0;
  async function work(): Promise<void> {
    for (const [index, [name, fixture]] of upcoming) {
      const upstream = await seeUpstream(fixture);
      const truth = await seeTruth(name, fixture);
      const startedAt = performance.now();
      const { seen: gateway } = await ask([name, fixture], options);
      const ms = performance.now() - startedAt;
      const untruth = findUntruth(truth, gateway);
      results[index] = { name, untruth, upstream, gateway, truth, ms };
      done += 1;
      onProgress(done, cases.length);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** What a client sees of the gateway's answer to a case, and the error where there was none. */
async function ask(
  [name, fixture]: Case,
  options: GradeOptions,
): Promise<{ seen: Seen; error?: unknown }> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const request = caseRequest(options.baseUrl, name, fixture, options.headers);
  try {
    return { seen: await see(await fetch(request, { signal: limit, redirect: "manual" }), limit) };
  } catch (error) {
    return { seen: { ...UNANSWERED, end: limit.aborted ? "late" : "broken" }, error };
  }
}
