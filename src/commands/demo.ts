import { readConfig } from "../config/config.ts";
import { SETTING_FLAGS } from "../config/setting-flags.ts";
import { createLog } from "../observe/log.ts";
import type { Send } from "../proxy/upstream-call.ts";
import { type RunningServer, startServer } from "../server/server.ts";
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
  const start = (port: string | undefined, words: string[]) => {
    const reading = readConfig({ PORT: port, ...settings }, words);
    if ("problems" in reading) return reading;
    const quiet = createLog({ logLevel: "error", logFormat: "pretty" });
    return startServer(reading.config, send, quiet);
  };
  let candor: RunningServer | { problems: string[] };
  try {
    candor = start(environment["PORT"], flags);
  } catch (error) {
    // Whoever names a port means it; the demonstration works on any.
    const isNamed = flags.some((word) => word === "--port" || word.startsWith("--port="));
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (isNamed || !isTaken) {
      await upstream.stop();
      throw error;
    }
    candor = start("0", flags);
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

/** What each said to the same requests, and how to try it. */
async function showCases({ candorUrl, upstreamUrl }: RunningDemo, terminal: Terminal) {
  const { paint, width } = terminal;
  const rows = [["", "upstream said", "Candor answered"].map((title) => paint("bold", title))];
  for (const shown of CASES) {
    const before = await ask(`${upstreamUrl}/chat/completions`, shown);
    rows.push([shown.story, before, await ask(`${candorUrl}/proxy`, shown)]);
  }
  const invited = invitation(candorUrl, `${upstreamUrl}/chat/completions`);
  return `${formatTable(rows, width)}\n\n${invited}`;
}

/** Asks for a fixture, and describes the answer as a client sees it. */
async function ask(url: string, { name, stream }: { name: string; stream: boolean }) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(requestFor(name, stream)),
  });
  return describeSeen(await see(response));
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
    "Try it; any file of fixtures/ is a model:",
    ...shown,
    "",
    `The same without Candor: ${upstreamUrl}`,
    "Stop with Ctrl-C.",
  ].join("\n");
}
