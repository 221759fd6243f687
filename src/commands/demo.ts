import { createLog } from "../observe/log.ts";
import { readConfig } from "../config/config.ts";
import { startFixtureUpstream } from "./simulate/fixture-upstream.ts";
import { startServer } from "../server/server.ts";
import type { Send } from "../proxy/upstream-call.ts";
import { describeSeen } from "./grade/seen-description.ts";
import { see } from "./grade/seen.ts";

/** What the demonstration shows: the cases Candor exists for, and a few of the worst. */
const CASES: { name: string; stream: boolean; story: string }[] = [
  { name: "200-error-429-free-models-per-day", stream: false, story: "a 200 that holds a 429" },
  { name: "stream-error-429-free-models-per-day", stream: true, story: "comments, then a 429" },
  { name: "200-padded-error-504", stream: false, story: "minutes of padding, then a 504" },
  { name: "200-choice-error-partial", stream: false, story: "half a text, error in its choice" },
  { name: "200-empty-choices", stream: false, story: "no choices at all" },
  { name: "stream-role-only-then-error", stream: true, story: "a role, no text, then a 502" },
  { name: "stream-comments-only", stream: true, story: "comments, then nothing" },
  { name: "stream-cut-after-content", stream: true, story: "two words, then the line drops" },
  {
    name: "stream-token-limit-in-usage-chunk",
    stream: true,
    story: "an error after a whole answer",
  },
  { name: "502-cloudflare-html", stream: false, story: "a page in place of JSON" },
  { name: "200-content-about-errors", stream: false, story: "a healthy text about errors" },
  { name: "stream-success", stream: true, story: "a healthy stream" },
];

/**
 * Starts the embedded upstream with Candor in front of it, prints what each said to the same
 * requests, and stays up to be tried. Needs no key and no network. Resolves to the way to stop it,
 * or to what is wrong with the flags.
 */
export async function startDemo(
  environment: Record<string, string | undefined>,
  flags: string[],
  send: Send,
): Promise<{ stop: () => Promise<void> } | { problems: string[] }> {
  const upstream = startFixtureUpstream();
  const settings = { OPENROUTER_BASE_URL: upstream.url, OPENROUTER_API_KEY: "demo" };
  const reading = readConfig({ PORT: environment["PORT"], ...settings }, flags);
  if ("problems" in reading) return reading;
  const quiet = createLog({ logLevel: "error", logFormat: "pretty" });
  const candor = startServer(reading.config, send, quiet);

  const rows = [["", "upstream said", "Candor answered"]];
  for (const shown of CASES) {
    const before = await ask(`${upstream.url}/chat/completions`, shown);
    rows.push([shown.story, before, await ask(`${candor.url}/proxy`, shown)]);
  }
  console.log(`${table(rows)}\n\n${invitation(candor.url, `${upstream.url}/chat/completions`)}`);
  return {
    async stop() {
      await candor.drain();
      await upstream.stop();
    },
  };
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

function table(rows: string[][]): string {
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
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
