/** Why a server was not reached. */
export interface ConnectionProblem {
  kind: "refused" | "no-such-host" | "tls" | "proxy" | "too-late" | "broken" | "no-files";
  /** What is wrong, and what to do, without a full stop. */
  words: string;
}

const CA_ADVICE = "a private CA is named by NODE_EXTRA_CA_CERTS";

/** What the codes of the system and of OpenSSL mean. */
const TLS_WORDS: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is signed by itself; ${CA_ADVICE}`,
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate comes from an unknown CA; ${CA_ADVICE}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate comes from an unknown CA; ${CA_ADVICE}`,
  UNABLE_TO_GET_ISSUER_CERT: `its certificate comes from an unknown CA; ${CA_ADVICE}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate comes from an unknown CA; ${CA_ADVICE}`,
  CERT_SIGNATURE_FAILURE: `its certificate comes from an unknown CA with a known one's name; ${CA_ADVICE}`,
  CERT_HAS_EXPIRED: "its certificate has expired, or this machine's clock is wrong",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or this machine's clock is wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
};

/** What the error of `fetch` says about a connection to this URL. */
export function describeConnection(error: unknown, url: string): ConnectionProblem {
  const { host, hostname, protocol } = new URL(url);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof Error && error.name === "TimeoutError") {
    return { kind: "too-late", words: `${host} did not answer in time` };
  }
  const tls = TLS_WORDS[code];
  if (tls !== undefined) return { kind: "tls", words: `${host} is not trusted: ${tls}` };
  if (/^(ECONNREFUSED|ConnectionRefused)$/.test(code)) {
    return { kind: "refused", words: `nothing listens at ${host} (${code})` };
  }
  if (/^(ENOTFOUND|EAI_\w+|FailedToOpenSocket)$/.test(code)) {
    return { kind: "no-such-host", words: `no address is known for ${hostname} (${code})` };
  }
  if (code === "ERR_PROXY_TUNNEL") {
    const advice = "it may want a name and a password in its URL, or not allow this host";
    return { kind: "proxy", words: `the outgoing proxy opens no tunnel to ${host}; ${advice}` };
  }
  if (/^(EMFILE|ENFILE)$/.test(code)) {
    return { kind: "no-files", words: `no file is left for a connection to ${host} (${code})` };
  }
  if (/SSL|TLS|CERT|EPROTO/.test(code)) {
    const advice = "where no TLS is spoken, the URL begins with http://";
    return { kind: "tls", words: `TLS with ${host} failed (${code}); ${advice}` };
  }
  const said = code || (error instanceof Error ? error.message : String(error));
  // A server that speaks TLS resets, or answers with bytes that are no HTTP.
  const advice = protocol === "http:" ? "; where TLS is spoken, the URL begins with https://" : "";
  return { kind: "broken", words: `the connection to ${host} broke (${said})${advice}` };
}
