import type { ExchangeRecord } from "../observe/record.ts";
import { upstreamFailure } from "../observe/upstream-failure.ts";

/** Which exchanges are shown. What is empty does not filter. */
export interface ExchangeFilter {
  status: string;
  rule: string;
  model: string;
  provider: string;
  key: string;
}

export const NO_FILTER: ExchangeFilter = { status: "", rule: "", model: "", provider: "", key: "" };

/** What `status` may be, with the words that the page shows. */
export const STATUS_CHOICES: [value: string, words: string][] = [
  ["", "All"],
  ["failed", "Failures of OpenRouter"],
  ["hidden", "Hidden in a 200"],
  ["refused", "Refused here"],
  ["left", "Client left"],
  ["2xx", "Client got 2xx"],
  ["4xx", "Client got 4xx"],
  ["5xx", "Client got 5xx"],
];

/** The filter that a page's address holds; what it does not know, it leaves alone. */
export function filterFromSearch(search: string): ExchangeFilter {
  const given = new URLSearchParams(search);
  const text = (name: keyof ExchangeFilter) => (given.get(name) ?? "").slice(0, 200);
  const status = text("status");
  const isKnown = STATUS_CHOICES.some(([value]) => value === status);
  return {
    status: isKnown ? status : "",
    rule: text("rule"),
    model: text("model"),
    provider: text("provider"),
    key: text("key"),
  };
}

/** An address's search with the filter in it; other parts of it stay. */
export function searchWithFilter(search: string, filter: ExchangeFilter): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(filter)) {
    if (value === "") params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** Whether an exchange is shown. */
export function isShown(record: ExchangeRecord, filter: ExchangeFilter): boolean {
  const { rule, model, provider, key } = filter;
  if (rule !== "" && record.rule !== rule) return false;
  if (model !== "" && record.model !== model) return false;
  if (provider !== "" && record.facts.provider !== provider) return false;
  if (key !== "" && record.keyName !== key) return false;
  return hasStatus(record, filter.status);
}

function hasStatus(record: ExchangeRecord, status: string): boolean {
  switch (status) {
    case "":
      return true;
    case "failed":
      return upstreamFailure(record) !== "none";
    case "hidden":
      return upstreamFailure(record) === "hidden";
    case "refused":
      return record.outcome === "refused";
    case "left":
      return record.outcome === "client-left";
    default:
      return String(record.status ?? "").startsWith(status.charAt(0));
  }
}
