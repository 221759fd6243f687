/** The key is kept for this tab only, and is never part of an address. */
const NAME = "candor-key";

export function savedKey(): string {
  return sessionStorage.getItem(NAME) ?? "";
}

export function saveKey(key: string): void {
  if (key === "") sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, key);
}

/** The header fields of the page's own requests. */
export function requestHeaders(): Record<string, string> {
  const key = savedKey();
  const shown = { "x-candor-page": "1" };
  return key === "" ? shown : { ...shown, authorization: `Bearer ${key}` };
}
