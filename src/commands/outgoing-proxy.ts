/** The proxy through which a URL is reached, and the variable that names it. */
export interface OutgoingProxy {
  variable: string;
  /** Without a name and a password. */
  url: string;
}

/**
 * The outgoing proxy for a URL, as the variables `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the
 * environment, or the same in lower case, name it.
 */
export function outgoingProxy(
  url: string,
  environment: Record<string, string | undefined>,
): OutgoingProxy | undefined {
  const { protocol, hostname, host } = new URL(url);
  const name = protocol === "https:" ? "https_proxy" : "http_proxy";
  const variable = [name, name.toUpperCase()].find((candidate) => environment[candidate]);
  if (variable === undefined) return undefined;
  const exceptions = environment["no_proxy"] || environment["NO_PROXY"] || "";
  const isExcepted = exceptions
    .split(",")
    .map((entry) => entry.trim().toLowerCase().replace(/^\./, ""))
    .filter((entry) => entry !== "")
    .some((entry) => entry === "*" || entry === host || isBelow(hostname, entry));
  if (isExcepted) return undefined;
  const given = environment[variable] ?? "";
  const proxy = URL.parse(given.includes("://") ? given : `http://${given}`);
  return { variable, url: proxy === null ? "a value that is no URL" : proxy.origin };
}

function isBelow(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
