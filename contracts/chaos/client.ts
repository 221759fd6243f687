import { CALLERS_KEY, type ExchangeName, idOf, requestBody, type Truth } from "./exchange.ts";
import type { WireResponse } from "./response-reader.ts";

/** A request that a client is to make. */
export interface Order {
  name: ExchangeName;
  asksStream: boolean;
  /** What must come of it. */
  truth: Truth;
}

/** What a client did and saw. Times are readings of the clock that all processes share. */
export interface Sighting {
  response: WireResponse | undefined;
  startedAt: number;
  endedAt: number;
  /** The client left, or did not read, and so may have seen less than was sent. */
  mayMiss: boolean;
}

/** Longer than any exchange may take by the limits: a client that waits so long was forgotten. */
export const PATIENCE_MS = 20_000;

/** Where every client asks. */
export const CHAT_PATH = "/v1/chat/completions";

/** The header fields of a request; the log names the exchange by `x-request-id`. */
export function requestHeaders({ name }: Order): Record<string, string> {
  return {
    authorization: `Bearer ${CALLERS_KEY}`,
    "content-type": "application/json",
    cookie: "never=upstream",
    "x-request-id": idOf(name.number).replaceAll("~", ":"),
  };
}

/** The bytes of a request. */
export function requestBytes(order: Order): string {
  const body = requestBody(order.name, order.asksStream);
  const fields = {
    host: "127.0.0.1",
    ...requestHeaders(order),
    "content-length": String(body.length),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${CHAT_PATH} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** What `promise` gives, or undefined where that takes longer than any exchange may. */
export async function withPatience<T>(promise: Promise<T>): Promise<T | undefined> {
  const timeout = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => timeout.resolve(undefined), PATIENCE_MS);
  return Promise.race([promise, timeout.promise]).finally(() => clearTimeout(timer));
}
