import { generate } from "selfsigned";
import { ANSWER } from "./stream-events.ts";

/** The name that the certificate is made out to; no resolver knows it. */
export const UPSTREAM_NAME = "openrouter.test";

/** An upstream over TLS, on 127.0.0.1, whose certificate a private authority has signed. */
export interface TlsUpstream extends AsyncDisposable {
  port: number;
  /** The authority's certificate, as a PEM text. */
  authority: string;
  /** How many requests have arrived so far, but for those that keep a connection open. */
  count(): number;
  /** Resolves when the first of the latter has arrived. */
  warmed: Promise<void>;
}

/** Starts an upstream that answers every request with a healthy completion. */
export async function startTlsUpstream(): Promise<TlsUpstream> {
  const authority = await generate([{ name: "commonName", value: "A private authority" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const { private: key, cert } = await generate([{ name: "commonName", value: UPSTREAM_NAME }], {
    keyType: "ec",
    algorithm: "sha256",
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: UPSTREAM_NAME },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  let count = 0;
  const warmed = Promise.withResolvers<void>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    tls: { key, cert },
    fetch({ method }) {
      if (method === "HEAD") warmed.resolve();
      else count += 1;
      return new Response(ANSWER, { headers: { "content-type": "application/json" } });
    },
  });
  if (server.port === undefined) throw new Error("The server has no port.");
  return {
    port: server.port,
    authority: authority.cert,
    count: () => count,
    warmed: warmed.promise,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
