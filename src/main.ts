import packageJson from "../package.json" with { type: "json" };
import { createLog } from "./observe/log.ts";
import { type Config, readConfig } from "./config/config.ts";
import { describeSettings } from "./config/help.ts";
import { startDemo } from "./commands/demo.ts";
import { explain } from "./commands/explain/explain.ts";
import { EXPLAIN_HELP } from "./commands/explain/options.ts";
import { grade } from "./commands/grade/grade.ts";
import { GRADE_HELP } from "./commands/grade/options.ts";
import { printableLicenses } from "./commands/licenses.ts";
import { record, RECORD_USAGE } from "./commands/record.ts";
import { startServer } from "./server/server.ts";
import { SIMULATE_HELP, startSimulate } from "./commands/simulate/simulate.ts";
import type { Send } from "./proxy/upstream-call.ts";

/** Bun's own limit of requests at once, read when it starts; beyond it they wait unseen. */
const REQUEST_LIMIT = "BUN_CONFIG_MAX_HTTP_REQUESTS";

/** Makes Bun print every request, with its key and its body. */
const VERBOSE_FETCH = "BUN_CONFIG_VERBOSE_FETCH";

const HELP = `candor ${packageJson.version}: ${packageJson.description}

Usage:
  candor [settings]           start the proxy
  candor demo [settings]      show it at work, on an embedded upstream, without key or network
  ${RECORD_USAGE}
                              perform one real exchange and keep it as a fixture
  candor simulate --help      stand in for OpenRouter, with its failures, to test clients and gateways
  candor grade --help         find out how much of the truth a gateway tells
  candor explain --help       judge a captured answer: what Candor would answer, and why
  candor licenses             print the licences of all that is inside this program
  candor --help | --version

Settings, as a flag or as an environment variable:
${describeSettings()}
`;

/** Upstream, by `fetch`: without its own idle limit, since an exchange has limits of its own. */
const send: Send = (url, init) => fetch(url, { ...init, timeout: false });

await run(Bun.argv.slice(2)).catch(exitOnSystemError);

async function run(words: string[]): Promise<void> {
  const [command, ...rest] = words;
  startAgainWith({ [VERBOSE_FETCH]: "" });
  if (words.includes("--help")) return console.log(helpOf(command));
  if (words.includes("--version")) return console.log(packageJson.version);
  if (command === "licenses") return console.log(printableLicenses());
  if (command === "demo") return demo(rest);
  if (command === "record") return printRecord(rest);
  if (command === "simulate") return simulate(rest);
  if (command === "grade") return printGrade(rest);
  if (command === "explain") return printExplanation(rest);
  const reading = readConfig(process.env, words);
  if ("problems" in reading) return exitWith(reading.problems);
  startAgainWith({ [REQUEST_LIMIT]: String(reading.config.maxUpstreamRequests) });
  serve(reading.config);
}

function helpOf(command: string | undefined): string {
  if (command === "simulate") return SIMULATE_HELP;
  if (command === "explain") return EXPLAIN_HELP;
  return command === "grade" ? GRADE_HELP : HELP;
}

function serve(config: Config): void {
  const log = createLog(config);
  const server = startServer(config, send, log);
  log.info(`listening on ${server.url}, upstream is ${config.openrouterBaseUrl}`);
  stopOnSignal(async () => {
    log.info("draining");
    await server.drain();
    // Not awaited: whoever reads the log must not keep the program from its end.
    void log.flush();
  });
}

async function demo(flags: string[]): Promise<void> {
  const started = await startDemo(process.env, flags, send);
  if ("problems" in started) return exitWith(started.problems);
  stopOnSignal(started.stop);
}

async function printRecord(words: string[]): Promise<void> {
  const recorded = await record(process.env, words, send, packageJson.version);
  if ("problems" in recorded) return exitWith(recorded.problems);
  console.log(recorded.path);
}

function simulate(words: string[]): void {
  const started = startSimulate(words);
  if ("problems" in started) return exitWith(started.problems);
  console.log(`simulating OpenRouter on ${started.url}; the faults: candor simulate --help`);
  stopOnSignal(started.stop);
}

async function printGrade(words: string[]): Promise<void> {
  const graded = await grade(words, packageJson.version);
  if ("problems" in graded) return exitWith(graded.problems);
  console.log(graded.text);
  process.exitCode = graded.isGoodEnough ? 0 : 1;
}

async function printExplanation(words: string[]): Promise<void> {
  const explained = await explain(words);
  if ("problems" in explained) return exitWith(explained.problems);
  console.log(explained.text);
  process.exitCode = explained.exitCode;
}

/** Calls `stop` at the first SIGTERM or SIGINT; a second one exits at once. */
function stopOnSignal(stop: () => Promise<void>): void {
  let isStopping = false;
  const onSignal = async () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    await stop();
    process.exit(0);
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

/**
 * Starts this program again, in place, if its environment is another one: these variables Bun reads
 * when it starts. They are set, not deleted: Bun would take a missing one from `.env` again.
 */
function startAgainWith(variables: Record<string, string>): void {
  const isSo = Object.entries(variables).every(
    ([name, value]) => (process.env[name] ?? "") === value,
  );
  if (isSo) return;
  const words = Bun.isStandaloneExecutable
    ? [process.execPath, ...process.argv.slice(2)]
    : [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.(process.execPath, words, { ...process.env, ...variables });
}

/** Ends with what the system said: an address in use, nobody at the other end, no such folder. */
function exitOnSystemError(error: unknown): never {
  if (error instanceof Error && "code" in error) exitWith([error.message]);
  throw error;
}

function exitWith(problems: string[]): never {
  for (const problem of problems) console.error(`candor: ${problem}`);
  process.exit(2);
}
