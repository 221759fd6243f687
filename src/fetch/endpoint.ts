import type { Dialect } from "../core/dialect.ts";
import { NAMED } from "../core/dialects/named.ts";
import { other } from "../core/dialects/other.ts";

/** `/interns/{id}/chat/completions` ends like a chat, and is none: it answers with 202 as well. */
const INTERN = /\/interns\/[^/]+\/chat\/completions$/;

/**
 * The dialect in which the answer from this address is judged. Whatever comes before the endpoint's
 * own path is upstream's base URL, which may be that of a gateway. The form of errors that goes with
 * a base URL is chosen here too.
 */
export function dialectAt(address: string, method: string): Dialect {
  // The base is for an address that a page gives relative to its own.
  const path = new URL(address, "http://page.invalid").pathname.replace(/\/+$/, "");
  if (method !== "POST" || INTERN.test(path)) return other;
  return NAMED.find((dialect) => path.endsWith(dialect.path)) ?? other;
}
