import { useEffect, useState } from "preact/hooks";
import { type ExchangeFilter, filterFromSearch, searchWithFilter } from "../exchange-filter.ts";

/** What the page's address holds: it can be sent to somebody, and back leads back. */
export interface Address {
  filter: ExchangeFilter;
  /** The id of the exchange that is shown whole. */
  selected: string;
  /** Empty for the live view, else a time range of the history. */
  range: string;
}

function readAddress(): Address {
  const params = new URLSearchParams(location.search);
  return {
    filter: filterFromSearch(location.search),
    selected: params.get("exchange") ?? "",
    range: params.get("range") ?? "",
  };
}

/** The search of the address with one more parameter; an empty one is left out. */
function searchWith(name: string, value: string): string {
  const params = new URLSearchParams(location.search);
  if (value === "") params.delete(name);
  else params.set(name, value);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** The address as state. */
export function useAddress() {
  const [address, setAddress] = useState(readAddress);
  useEffect(() => {
    const follow = () => setAddress(readAddress());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);

  function go(search: string, isStep: boolean): void {
    const url = location.pathname + search;
    if (isStep) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    setAddress(readAddress());
  }
  return {
    address,
    setFilter: (filter: ExchangeFilter) => go(searchWithFilter(location.search, filter), false),
    setSelected: (id: string) => go(searchWith("exchange", id), id !== ""),
    setRange: (range: string) => go(searchWith("range", range), true),
  };
}
