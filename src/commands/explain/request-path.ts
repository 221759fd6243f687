/** Where APIs begin that Candor stands for: OpenRouter's, Candor's, OpenAI's. */
const BASES = /^(\/api)?\/v1(?=\/)/;

/** The path of a URL, or of a request line, below the base of its API: `/chat/completions`. */
export function pathBelowBase(url: string): string {
  const { pathname, search } = new URL(url, "http://localhost");
  if (pathname === "/proxy") return `/chat/completions${search}`;
  return pathname.replace(BASES, "") + search;
}
