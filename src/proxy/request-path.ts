/** Where clients find upstream's endpoints: OpenAI's base URL. */
export const BASE_PATH = "/v1";

/** The same, and OpenRouter's own: many clients let one replace nothing but the host. */
export const BASE_PATHS = [BASE_PATH, "/api/v1"];

/** A base URL as it may be spelled, and then what is asked below it. */
const BELOW_BASE = /^\/+(?:api\/+)?v1(?=\/)(.*)$/s;

/** How often a path is decoded: some servers do it twice, and nothing honest needs as much. */
const MOST_DECODINGS = 4;

/**
 * What leads out of a path for some servers, however it was encoded: a dot segment, also one with a
 * parameter (`..;x`), and the characters that end a path or separate segments elsewhere.
 */
const DANGEROUS = /[\0\\]|(?:^|\/)(?:\.\.(?:\/|$)|\.\.?;)/;

/**
 * A path as the most obliging server would read it: decoded, without empty segments and without a
 * slash at its end. Undefined where that could lead out of the path. Dot segments that are written
 * as such were resolved before (WHATWG URL §4.4).
 */
export function plainPath(path: string): string | undefined {
  const decoded = decode(path);
  if (decoded === undefined || DANGEROUS.test(decoded)) return undefined;
  const segments = decoded.split("/").filter((segment) => segment !== "" && segment !== ".");
  return `/${segments.join("/")}`;
}

/** What a path asks for below a base URL, as it is spelled; undefined where that is nothing. */
export function targetBelowBase(path: string): string | undefined {
  const [, target = ""] = BELOW_BASE.exec(path) ?? [];
  return /[^/]/.test(target) ? target : undefined;
}

/** A path without percent-encoding; undefined where there is encoding within encoding without end. */
function decode(path: string): string | undefined {
  let decoded = path;
  for (let times = 0; decoded.includes("%"); times += 1) {
    const before = decoded;
    decoded = before.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === before) break;
    if (times === MOST_DECODINGS) return undefined;
  }
  return decoded;
}
