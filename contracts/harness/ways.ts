import { createLog } from "../../src/observe/log.ts";
import { type Config, readConfig } from "../../src/config/config.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { chunkBytes, type Recording } from "../../src/recordings/recording.ts";
import { appOf } from "./app.ts";
import { startServer } from "../../src/server/server.ts";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { ANY_ID } from "../expected/expected-headers.ts";
import { createReplay, REPLAYED_UPSTREAM } from "./replay.ts";

const FIXTURES = loadFixtures();

/** A silence behind a whole answer is waited out for so long: a recorded one never ends. */
const SHORT_TAIL = { STREAM_TAIL_MS: "300" };

/** The recordings of the chat endpoint by name, without the folder. */
export const CHAT = new Map(
  [...FIXTURES].flatMap(([name, recording]): [string, Recording][] => {
    const [endpoint, caseName] = name.split("/");
    return endpoint === "chat-completions" && caseName ? [[caseName, recording]] : [];
  }),
);

/** A recording by its whole name. */
export function fixtureOf(name: string): Recording {
  const fixture = FIXTURES.get(name);
  if (fixture === undefined) throw new Error(`There is no fixture ${name}.`);
  return fixture;
}

/** What a client saw of an answer. */
export interface Seen {
  status: number;
  /** All header fields, but for those that differ from one run to the next. */
  headers: Record<string, string>;
  body: Uint8Array;
  /** Whether the connection broke before the body came to its end. */
  isBroken: boolean;
}

/** Sends a recording's request through Candor, and gives what the client saw. */
export type Way = (name: string, fixture: Recording) => Promise<Seen>;

export const quiet = createLog({ logLevel: "silent", logFormat: "json" });

/** A configuration for contracts: the defaults, but for what is given. */
export function configure(settings: Record<string, string>): Config {
  const reading = readConfig({ PORT: "0", OPENROUTER_API_KEY: "test-key", ...settings }, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  return reading.config;
}

/** Through the application in this process, with upstream replayed by MSW. */
export const throughMsw: Way = async (_name, fixture) => {
  const config = configure({ ...SHORT_TAIL, OPENROUTER_BASE_URL: REPLAYED_UPSTREAM });
  const app = appOf(config, createReplay(fixture));
  const path = fixture.request.path === "/chat/completions" ? "/proxy" : undefined;
  return see(await app.handle(clientRequest("http://localhost", fixture, path)));
};

/** Through a server and an upstream on real sockets, so that Bun's `fetch` is under test too. */
export function openSockets(): { way: Way; stop: () => Promise<void> } {
  const simulator = startSimulator({
    answer: ({ headers }) => FIXTURES.get(headers.get("x-openrouter-fixture") ?? "")?.response,
  });
  const config = configure({ ...SHORT_TAIL, OPENROUTER_BASE_URL: simulator.url });
  const server = startServer(
    config,
    (url, init) => fetch(url, { ...init, timeout: false }),
    quiet,
    { pauseMs: 0 },
  );
  return {
    way: async (name, fixture) => {
      const request = clientRequest(server.url, fixture);
      request.headers.set("x-openrouter-fixture", name);
      return see(await Bun.fetch(request));
    },
    async stop() {
      await server.drain();
      await simulator.stop();
    },
  };
}

/** The bytes of a recording's body, as a client without a proxy would read them. */
export function recordedBody({ response }: Recording): Uint8Array {
  const bytes = Buffer.concat(response.chunks.map(chunkBytes));
  const isCompressed = new Headers(response.headers).get("content-encoding") === "gzip";
  return isCompressed ? Bun.gunzipSync(bytes) : bytes;
}

function clientRequest(
  origin: string,
  { request }: Recording,
  path = `/v1${request.path}`,
): Request {
  const headers: [string, string][] = [...request.headers, ["host", new URL(origin).host]];
  const body = request.body === "" ? undefined : request.body;
  return new Request(origin + path, { method: request.method, headers, body });
}

async function see(response: Response): Promise<Seen> {
  const { date: _date, "content-length": _length, ...headers } = response.headers.toJSON();
  const { "x-request-id": requestId, "transfer-encoding": _framing, ...stable } = headers;
  if (!requestId) throw new Error("The answer has no x-request-id.");
  if (stable["request-id"]) stable["request-id"] = ANY_ID;
  return { status: response.status, headers: stable, ...(await readBody(response)) };
}

/** Reads a body to its end, or as far as it comes. */
export async function readBody(response: Response): Promise<Pick<Seen, "body" | "isBroken">> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    return { body: Buffer.concat(chunks), isBroken: false };
  } catch {
    return { body: Buffer.concat(chunks), isBroken: true };
  }
}
