import type { ClientRequest } from "./client-request.ts";
import type { Config } from "../config/config.ts";
import { Deadline } from "../core/deadline.ts";
import type { DenseSet, Placed } from "../core/dense-set.ts";
import type { Failure } from "../core/failure.ts";
import { type HeaderFields, upstreamRequestHeaders } from "../core/response-fields.ts";

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
 * client leaves, when the server stops, or at `upstreamTimeoutMs`, which holds until there is a
 * stream to be held or passed on: up to the last byte of a plain answer.
 */
export class UpstreamCall implements Placed {
  /** Among the open calls. */
  place = -1;
  /** Limits the wait for whatever is awaited of upstream at the time. */
  readonly deadline = new Deadline();
  readonly #controller = new AbortController();
  readonly #client: ClientRequest;
  readonly #config: Config;
  readonly #openCalls: DenseSet<UpstreamCall>;
  #reason: Failure | undefined;
  #end: ((failure: Failure) => void) | undefined;

  /** Opens a call: it is one of `openCalls` until it is closed. */
  constructor(client: ClientRequest, config: Config, openCalls: DenseSet<UpstreamCall>) {
    this.#client = client;
    this.#config = config;
    this.#openCalls = openCalls;
    openCalls.add(this);
    const leave = () => this.giveUp({ kind: "client-gone" });
    client.signal.addEventListener("abort", leave);
    if (client.signal.aborted) leave();
    const afterMs = config.upstreamTimeoutMs;
    this.deadline.set(afterMs, () => this.giveUp({ kind: "upstream-timeout", afterMs }));
  }

  /** Sends the client's request, whose body, which may be large, is then `send`'s to keep. */
  send(send: Send): Promise<Response> {
    const { method, target, headers, bytes } = this.#client;
    this.#client.bytes = undefined;
    return send(this.#config.openrouterBaseUrl + target, {
      method,
      headers: upstreamRequestHeaders(headers, this.#config.openrouterApiKey),
      body: bytes?.length === 0 ? undefined : bytes,
      redirect: "manual",
      signal: this.#controller.signal,
    });
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
