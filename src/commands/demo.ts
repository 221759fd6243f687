import { readConfig } from "../config/config.ts";
import { SETTING_FLAGS } from "../config/setting-flags.ts";
import { createLog } from "../observe/log.ts";
import type { Send } from "../proxy/upstream-call.ts";
import type { TrialResult } from "../page/wire.ts";
import { createObservers } from "../server/observers.ts";
import { createLife, type RunningServer, startServer } from "../server/server.ts";
import { type Command, refused } from "./command.ts";
import { describeSeen } from "./grade/seen-description.ts";
import { see } from "./grade/seen.ts";
import { stopOnSignal } from "./signals.ts";
import { startFixtureUpstream } from "./simulate/fixture-upstream.ts";
import { formatTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Shows Candor at work on an embedded upstream, without key and network. */
export const demo: Command = {
  name: "demo",
  summary: "show it at work, on an embedded upstream, without key or network",
  flags: SETTING_FLAGS,
  help: `Shows what an upstream says and what Candor makes of it, and stays up to be tried. It needs no
key and no network. Where port 3000 is taken, it takes a free one.

Usage:
  candor demo [settings]

The settings are those of candor serve, but for the base URL and the key.
`,
  async run(words, { environment, send, output, print }) {
    const started = await startDemo(environment, words, send);
    if ("problems" in started) return refused(started.problems);
    print(await showCases(started, output));
    return stopOnSignal(started.stop);
  },
};

/** What the demonstration shows: the cases Candor exists for, and a few of the worst. */
const CASES: { name: string; stream: boolean; story: string }[] = [
  { name: "200-error-429-free-models-per-day", stream: false, story: "a 200 that holds a 429" },
  { name: "stream-error-429-free-models-per-day", stream: true, story: "comments, then a 429" },
  { name: "200-padded-error-504", stream: false, story: "padding, then a 504" },
  { name: "200-choice-error-partial", stream: false, story: "half a text, an error" },
  { name: "200-empty-choices", stream: false, story: "no choices at all" },
  { name: "stream-role-only-then-error", stream: true, story: "a role, then a 502" },
  { name: "stream-comments-only", stream: true, story: "comments, then nothing" },
  { name: "stream-cut-after-content", stream: true, story: "two words, then a cut" },
  {
    name: "stream-token-limit-in-usage-chunk",
    stream: true,
    story: "error behind an answer",
  },
  { name: "502-cloudflare-html", stream: false, story: "a page in place of JSON" },
  { name: "200-content-about-errors", stream: false, story: "a text about errors" },
  { name: "stream-success", stream: true, story: "a healthy stream" },
];

/** The embedded upstream with Candor in front of it. */
interface RunningDemo {
  candorUrl: string;
  upstreamUrl: string;
  stop: () => Promise<void>;
}

/** Starts the embedded upstream and Candor, or says what is wrong with the flags. */
export async function startDemo(
  environment: Record<string, string | undefined>,
  flags: string[],
  send: Send,
): Promise<RunningDemo | { problems: string[] }> {
  const upstream = startFixtureUpstream();
  const settings = { OPENROUTER_BASE_URL: upstream.url, OPENROUTER_API_KEY: "demo" };
  const start = async (port: string | undefined, words: string[]) => {
    const reading = readConfig({ PORT: port, ...settings }, words);
    if ("problems" in reading) return reading;
    const { config } = reading;
    const log = createLog({ logLevel: "error", logFormat: "pretty" });
    const life = createLife(config);
    const trials = { list: CASES, run: (name: string) => tryCase(name, upstream.url, server.url) };
    const observers = await createObservers({ config, environment: {}, log, life, trials });
    const server = startServer(config, send, log, { observers, life });
    return server;
  };
  let candor: RunningServer | { problems: string[] };
  try {
    candor = await start(environment["PORT"], flags);
  } catch (error) {
    // Whoever names a port means it; the demonstration works on any.
    const isNamed = flags.some((word) => word === "--port" || word.startsWith("--port="));
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (isNamed || !isTaken) {
      await upstream.stop();
      throw error;
    }
    candor = await start("0", flags);
  }
  if ("problems" in candor) {
    await upstream.stop();
    return candor;
  }
  const { url, drain } = candor;
  return {
    candorUrl: url,
    upstreamUrl: upstream.url,
    async stop() {
      await drain();
      await upstream.stop();
    },
  };
}

/** Asks both for a case, and shows what each said. */
async function tryCase(name: string, upstreamUrl: string, candorUrl: string): Promise<TrialResult> {
  const shown = CASES.find((one) => one.name === name);
  if (shown === undefined) throw new Error(`The demonstration has no case ${name}.`);
  const [said, got] = await Promise.all([
    rawAnswer(`${upstreamUrl}/chat/completions`, shown),
    rawAnswer(`${candorUrl}/proxy`, shown),
  ]);
  return { said, got };
}

/** An answer as it went over the wire, as far as it came. */
async function rawAnswer(url: string, shown: { name: string; stream: boolean }): Promise<string> {
  const response = await askFor(url, shown);
  const { status, statusText, headers } = response;
  const fields = ["content-type", "retry-after", "x-should-retry", "proxy-status"].flatMap(
    (name) => {
      const value = headers.get(name);
      return value === null ? [] : [`${name}: ${value}`];
    },
  );
  const head = [`HTTP/1.1 ${status} ${statusText}`.trimEnd(), ...fields].join("\n");
  let text = "";
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    text += "(the connection breaks off)";
  }
  return `${head}\n\n${text}`;
}

/** What each said to the same requests, and how to try it. */
async function showCases({ candorUrl, upstreamUrl }: RunningDemo, terminal: Terminal) {
  const { paint, width } = terminal;
  const titles = ["", "upstream said", "Candor answered"].map((title) => paint("bold", title));
  // All at once: a connection takes seconds to break off.
  const cases = CASES.map(async (shown) => [
    shown.story,
    ...(await Promise.all([
      ask(`${upstreamUrl}/chat/completions`, shown),
      ask(`${candorUrl}/proxy`, shown),
    ])),
  ]);
  const rows = [titles, ...(await Promise.all(cases))];
  const invited = invitation(candorUrl, `${upstreamUrl}/chat/completions`);
  return `${formatTable(rows, width)}\n\n${invited}`;
}

/** Asks for a fixture, and describes the answer as a client sees it. */
async function ask(url: string, shown: { name: string; stream: boolean }) {
  return describeSeen(await see(await askFor(url, shown)));
}

function askFor(url: string, { name, stream }: { name: string; stream: boolean }) {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(requestFor(name, stream)),
  });
}

function requestFor(name: string, stream: boolean) {
  const messages = [{ role: "user", content: "Hello" }];
  return { model: `fixture/chat-completions/${name}`, stream, messages };
}

function invitation(candorUrl: string, upstreamUrl: string): string {
  const shown = CASES.slice(0, 2).map(({ name, stream }) => {
    const body = JSON.stringify(requestFor(name, stream));
    return `curl -i ${candorUrl}/proxy -H 'Content-Type: application/json' -d '${body}'`;
  });
  return [
    `The page, with a button for each: ${candorUrl}/`,
    "",
    "Try it; any file of fixtures/ is a model:",
    ...shown,
    "",
    `The same without Candor: ${upstreamUrl}`,
    "Stop with Ctrl-C.",
  ].join("\n");
}
