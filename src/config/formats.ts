import { isIP } from "node:net";
import { FormatRegistry, Type } from "@sinclair/typebox";

/** A key that callers may use, and the name under which log, metrics and page speak of it. */
export interface CallerKey {
  name: string | undefined;
  key: string;
}

/** Printable ASCII, but for what JSON would escape: a quoted key has to be found in it. */
const KEY_PATTERN = "^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$";

/** What separates a name from its key. Not the `=` at the end of a key in base64. */
const NAMED_KEY = /^([\w.-]{1,64})=(?!=*$)(.*)$/;

/** Shorter keys can be guessed, and hiding them in texts would hide ordinary words. */
const SHORTEST_KEY = 16;

FormatRegistry.Set("http-url", isHttpUrl);
FormatRegistry.Set("origin", isOrigin);
FormatRegistry.Set("network", isNetwork);
FormatRegistry.Set("caller-key", isCallerKey);

/** Where an API begins; its value has no slash at the end. */
export const HttpUrl = (options: object) =>
  Type.Transform(
    Type.String({
      format: "http-url",
      allowed: "an http or https URL without a name, a query or a fragment",
      ...options,
    }),
  )
    .Decode((url) => url.replace(/\/+$/, ""))
    .Encode((url) => url);

/** OpenRouter's key. */
export const UpstreamKey = (options: object) =>
  Type.String({
    pattern: KEY_PATTERN,
    secret: true,
    allowed: "printable ASCII without spaces, quotes and backslashes",
    ...options,
  });

/** The keys of callers, each with its name where it has one. */
export const CallerKeys = (options: object) =>
  Type.Transform(
    Type.Array(Type.String({ format: "caller-key" }), {
      default: [],
      secret: true,
      allowed: `a list such as team-a=KEY,team-b=KEY, each key at least ${SHORTEST_KEY} characters of printable ASCII without spaces, quotes and backslashes,`,
      ...options,
    }),
  )
    .Decode((items) => items.map(splitCallerKey))
    .Encode((keys) => keys.map(({ name, key }) => (name === undefined ? key : `${name}=${key}`)));

/** Origins of pages; their values are written as browsers send them. */
export const Origins = (options: object) =>
  Type.Transform(
    Type.Array(Type.String({ format: "origin" }), {
      default: [],
      allowed: "a list of whole origins such as https://app.example,http://localhost:5173",
      ...options,
    }),
  )
    .Decode((origins) => origins.map(asSentByBrowsers))
    .Encode((origins) => origins);

/** Addresses, and networks in CIDR notation. */
export const Networks = (options: object) =>
  Type.Array(Type.String({ format: "network" }), {
    default: [],
    allowed: "a list of addresses and networks such as 10.0.0.0/8,fd00::/8,192.0.2.7",
    ...options,
  });

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  const isPlain =
    url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  return isPlain && /^https?:$/.test(url.protocol) && url.hostname !== "";
}

/** Browsers send one exact origin: a placeholder such as `http://localhost:*` never matches. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/\s?#@*]+$/i.test(text)) return false;
  return URL.canParse(text);
}

function isNetwork(text: string): boolean {
  const [, address = "", bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}

function isCallerKey(text: string): boolean {
  const { key } = splitCallerKey(text);
  return key.length >= SHORTEST_KEY && new RegExp(KEY_PATTERN).test(key);
}

function splitCallerKey(text: string): CallerKey {
  const [, name, key = text] = NAMED_KEY.exec(text) ?? [];
  return { name, key };
}

/** An origin as browsers write it: in lower case, without the port that its scheme implies. */
function asSentByBrowsers(origin: string): string {
  const canonical = URL.parse(origin)?.origin ?? "null";
  return canonical === "null" ? origin.toLowerCase() : canonical;
}
