import type { ClientRequest } from "./client-request.ts";
import type { Config } from "./config.ts";
import { Deadline } from "./deadline.ts";
import type { Failure } from "./wire/failure.ts";
import { type HeaderFields, upstreamRequestHeaders } from "./wire/headers.ts";

/**
 * The way to upstream: `fetch` in the program, recordings in a contract. Not a `Request`: making
 * one, with a signal, costs as much as half of a whole bare exchange.
 */
export type Send = (url: string, init: UpstreamInit) => Promise<Response>;

/** What is sent upstream. */
export interface UpstreamInit {
  method: string;
  headers: HeaderFields;
  /** Absent where there is none, which GET and HEAD insist on. */
  body: Uint8Array | undefined;
  /** A redirect would carry the key to wherever it points. */
  redirect: "manual";
  signal: AbortSignal;
}

/**
 * One request to upstream, open until nothing more is read from its answer. It is given up when the
 * client leaves, or when upstream has not sent its header fields within `upstreamTimeoutMs`.
 */
export class UpstreamCall {
  readonly #client: ClientRequest;
  readonly #url: string;
  readonly #init: UpstreamInit;
  /** Limits the wait for whatever is awaited of upstream at the time. */
  readonly deadline = new Deadline();
  readonly #controller = new AbortController();
  readonly #openCalls: Set<UpstreamCall>;
  #reason: Failure | undefined;
  #end: ((failure: Failure) => void) | undefined;

  /** Opens a call: it is one of `openCalls` until it is closed. */
  constructor(client: ClientRequest, config: Config, openCalls: Set<UpstreamCall>) {
    this.#client = client;
    this.#url = config.openrouterBaseUrl + client.target;
    this.#init = {
      method: client.method,
      headers: upstreamRequestHeaders(client.headers, config.openrouterApiKey),
      body: client.bytes?.length === 0 ? undefined : client.bytes,
      redirect: "manual",
      signal: this.#controller.signal,
    };
    this.#openCalls = openCalls;
    openCalls.add(this);
    const leave = () => this.giveUp({ kind: "client-gone" });
    client.signal.addEventListener("abort", leave);
    if (client.signal.aborted) leave();
    const afterMs = config.upstreamTimeoutMs;
    this.deadline.set(afterMs, () => this.giveUp({ kind: "upstream-timeout", afterMs }));
  }

  /** Sends the request, whose body is let go of when upstream answers. */
  async send(send: Send): Promise<Response | Failure> {
    try {
      return await send(this.#url, this.#init);
    } catch (error) {
      return this.explain(error);
    } finally {
      this.#init.body = undefined;
      this.#client.bytes = undefined;
    }
  }

  /** Ends the exchange before its time: the client left, the wait was too long, the server stops. */
  giveUp(failure: Failure): void {
    if (!this.#openCalls.has(this)) return;
    this.#reason ??= failure;
    if (this.#end === undefined) this.#controller.abort();
    else this.#end(failure);
  }

  /** From now on `end`, and no longer the abortion of the request, is how the call is given up. */
  handOver(end: (failure: Failure) => void): void {
    this.#end = end;
  }

  /** What a rejection of `send`, or of a read, means. */
  explain(error: unknown): Failure {
    return this.#reason ?? unreachable(error);
  }

  /** Nothing more is read: frees what the call held. */
  close(): void {
    this.#openCalls.delete(this);
    this.deadline.clear();
  }
}

function unreachable(error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const name = error instanceof Error ? error.name : "unknown error";
  return { kind: "unreachable", reason: code ?? name, code };
}
