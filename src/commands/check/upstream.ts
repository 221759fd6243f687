import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { Config } from "../../config/config.ts";
import { isObject, objectAt, parseJson } from "../../core/json.ts";
import { upstreamRequestHeaders } from "../../proxy/request-fields.ts";
import type { Send } from "../../proxy/upstream-call.ts";
import { describeConnection } from "../connection-problem.ts";
import { type OutgoingProxy, outgoingProxy } from "../outgoing-proxy.ts";
import { readBounded } from "../read-bounded.ts";
import { type Finding, type Problem, well, wrong } from "./finding.ts";

/** How long upstream, or a proxy, may take for each answer. */
const PATIENCE_MS = 10_000;

/** Larger than the list of all models. */
const MOST_BYTES = 32 * 2 ** 20;

const KINDS: Record<ReturnType<typeof describeConnection>["kind"], Problem> = {
  refused: "unreachable",
  "too-late": "unreachable",
  broken: "unreachable",
  "no-such-host": "no-such-host",
  tls: "tls",
  proxy: "proxy",
  "no-files": "files",
};

/** Finds out, in this order and up to what is wrong, whether upstream is there and takes the key. */
export async function* checkUpstream(
  config: Config,
  send: Send,
  environment: Record<string, string | undefined>,
): AsyncGenerator<Finding> {
  const base = config.openrouterBaseUrl;
  const proxy = outgoingProxy(base, environment);
  const way = proxy === undefined ? await checkHost(base) : await checkProxy(proxy);
  yield way;
  if (way.problem !== undefined) return;
  const api = await checkBaseUrl(base, send, proxy);
  yield api;
  if (api.problem !== undefined) return;
  const { openrouterApiKey } = config;
  yield openrouterApiKey === undefined
    ? well("OPENROUTER_API_KEY is not set: callers bring their own keys")
    : await checkKey(base, openrouterApiKey, send);
}

async function checkHost(base: string): Promise<Finding> {
  const { hostname } = new URL(base);
  try {
    const { address } = await lookup(hostname.replace(/^\[|\]$/g, ""));
    return well(`${hostname} has the address ${address}`);
  } catch (error) {
    return unreached(error, base);
  }
}

function checkProxy({ url, variable }: OutgoingProxy): Promise<Finding> {
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const parsed = URL.parse(url);
  if (parsed === null) return Promise.resolve(wrong("proxy", `${variable} is no URL of a proxy`));
  const { hostname, port, protocol } = parsed;
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || (protocol === "https:" ? 443 : 80)),
  });
  const fail = (reason: string) => {
    socket.destroy();
    resolve(wrong("proxy", `the outgoing proxy ${url} (${variable}) cannot be reached: ${reason}`));
  };
  socket.setTimeout(PATIENCE_MS, () => fail("it does not answer in time"));
  socket.once("error", (error) => fail("code" in error ? String(error.code) : error.message));
  socket.once("connect", () => {
    socket.destroy();
    resolve(well(`the outgoing proxy ${url} (${variable}) is there`));
  });
  return promise;
}

/** OpenRouter lists its models to everybody: only where the API begins. */
async function checkBaseUrl(
  base: string,
  send: Send,
  proxy: OutgoingProxy | undefined,
): Promise<Finding> {
  const asked = await ask(`${base}/models`, undefined, send);
  if ("error" in asked) {
    const finding = unreached(asked.error, base);
    if (proxy === undefined || finding.problem === "tls") return finding;
    return wrong(
      "proxy",
      `${finding.words}, through the outgoing proxy ${proxy.url} (${proxy.variable})`,
    );
  }
  const { status, body, location } = asked;
  if (status === 407) {
    return wrong(
      "proxy",
      "the outgoing proxy wants a name and a password (407); put them into its URL",
    );
  }
  const isList = isObject(body) && Array.isArray(body["data"]);
  if (status === 200 && isList) return well(`${base} is where an API of models begins`);
  // A gateway may list its models to known callers alone.
  const isGuarded = (status === 401 || status === 403) && isObject(body);
  if (isGuarded) return well(`${base} answers, and lists its models with a key only`);
  const target = location === null ? "" : ` and points to ${location}`;
  const said = status === 200 ? "is no list of models" : `is ${status}${target}`;
  return wrong(
    "base-url",
    `OPENROUTER_BASE_URL is wrong: the answer of ${base}/models ${said}; OpenRouter's API begins at https://openrouter.ai/api/v1`,
  );
}

async function checkKey(base: string, key: string, send: Send): Promise<Finding> {
  const asked = await ask(`${base}/key`, key, send);
  if ("error" in asked) return unreached(asked.error, base);
  const { status, body } = asked;
  if (status === 401 || status === 403) {
    return wrong(
      "key",
      `OPENROUTER_API_KEY is refused by ${base} with ${status}; make a new one at https://openrouter.ai/keys`,
    );
  }
  const data = objectAt(isObject(body) ? body : {}, "data");
  if (status !== 200)
    return well(`OPENROUTER_API_KEY cannot be checked: ${base}/key says ${status}`);
  const left = data["limit_remaining"];
  const limit = typeof left === "number" ? `, with ${left} credits left of its limit` : "";
  return well(`OPENROUTER_API_KEY is taken${limit}`);
}

async function ask(url: string, key: string | undefined, send: Send) {
  const headers = upstreamRequestHeaders(new Headers({ accept: "application/json" }), key);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const init = { method: "GET", headers, body: undefined, redirect: "manual" as const, signal };
  try {
    const response = await send(url, init);
    const bytes = response.body === null ? undefined : await readBounded(response.body, MOST_BYTES);
    const body = parseJson(bytes?.toString() ?? "");
    return { status: response.status, body, location: response.headers.get("location") };
  } catch (error) {
    return { error };
  }
}

function unreached(error: unknown, base: string): Finding {
  const { kind, words } = describeConnection(error, base);
  return wrong(KINDS[kind], `OPENROUTER_BASE_URL is ${base}: ${words}`);
}
