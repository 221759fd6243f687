import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificate } from "../../bench/certificate.ts";
import { buildBinary } from "../harness/candor-binary.ts";
import { KEY, LIMITS } from "./exchange.ts";
import { startWatched, type WatchedProcess } from "../../bench/watched-process.ts";

const BINARY = new URL("../../dist/candor", import.meta.url).pathname;

/** The proxy, and the upstream behind it. */
export interface Servers extends AsyncDisposable {
  candor: WatchedProcess;
  upstream: WatchedProcess;
}

/** Who reads the lines that the servers print. */
export interface Readers {
  readLogLine: (line: string) => void;
  readUpstreamLine: (line: string) => void;
}

/**
 * Starts both on free ports; `limits` are the proxy's settings. With `isHttp2`, the proxy reaches
 * upstream over HTTP/2. Builds the program where it is old.
 */
export async function startServers(
  { readLogLine, readUpstreamLine }: Readers,
  { limits = LIMITS, isHttp2 = false }: { limits?: Record<string, number>; isHttp2?: boolean } = {},
): Promise<Servers> {
  await buildBinary();
  const own = new AsyncDisposableStack();
  const upstreamCommand = [process.execPath, `${import.meta.dir}/upstream.ts`];
  const upstream = own.use(await startWatched(upstreamCommand, {}, readUpstreamLine));
  const settings = Object.entries(limits).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
    String(value),
  ]);
  const environment = {
    ...Object.fromEntries(settings),
    PORT: "0",
    LOG_FORMAT: "json",
    OPENROUTER_API_KEY: KEY,
    ...(isHttp2 ? await startFront(upstream.url, own) : { OPENROUTER_BASE_URL: upstream.url }),
  };
  const candor = own.use(await startWatched([BINARY], environment, readLogLine));
  return { candor, upstream, [Symbol.asyncDispose]: () => own.disposeAsync() };
}

/** Starts HTTP/2 in front of upstream, and gives the settings by which the proxy uses it. */
async function startFront(
  upstreamUrl: string,
  own: AsyncDisposableStack,
): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "candor-chaos-"));
  own.defer(() => rm(folder, { recursive: true }));
  const { key, cert } = await createCertificate();
  const [certificate, keyFile] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  await Promise.all([Bun.write(certificate, cert), Bun.write(keyFile, key)]);
  const program = `${import.meta.dir}/http2-front.ts`;
  const { origin } = new URL(upstreamUrl);
  const command = [process.execPath, program, origin, certificate, keyFile];
  const front = own.use(await startWatched(command, {}, () => {}));
  return {
    OPENROUTER_BASE_URL: upstreamUrl.replace(origin, front.url.replace("http:", "https:")),
    NODE_EXTRA_CA_CERTS: certificate,
    UPSTREAM_HTTP2: "true",
  };
}
