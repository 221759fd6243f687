import { Deadline } from "../core/deadline.ts";
import type { DenseSet, Placed } from "../core/dense-set.ts";
import { CLIENT_STALLED, SHUTDOWN, UPSTREAM_TIMEOUT } from "../core/give-up.ts";
import type { ClientTurn } from "../core/pump.ts";
import type { ClientRequest } from "./client-request.ts";
import type { Failure } from "./failure.ts";
import { type HeaderFields, upstreamRequestHeaders } from "./request-fields.ts";

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
  /** Whether the connection may be one that was kept, and is kept for others. */
  keepalive?: boolean;
}

/** Bun's `fetch` sends a GET, PUT or DELETE again when a kept connection breaks. */
const UNREPEATABLE = new Set(["PUT", "PATCH", "DELETE"]);

/** What the system says where it has no file or no memory left for a connection. */
const NO_RESOURCES = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"]);

/** How long a client may read nothing where memory is short. */
const SHORT_STALL_MS = 1000;

/** Gives up the calls whose clients do not read, and whose memory is needed; gives their number. */
export function giveUpStalled(openCalls: DenseSet<UpstreamCall>): number {
  const latest = performance.now() - SHORT_STALL_MS;
  let count = 0;
  for (const call of openCalls) {
    if (call.turn.since > latest) continue;
    call.giveUp(CLIENT_STALLED);
    count += 1;
  }
  return count;
}

/** Where upstream is, and what it is told. */
export interface UpstreamSettings {
  openrouterBaseUrl: string;
  openrouterApiKey?: string | undefined;
  upstreamTimeoutMs: number;
}

/** One request to upstream, open until nothing more is read from its answer. */
export class UpstreamCall implements Placed {
  /** Among the open calls. */
  place = -1;
  /** Aborted, with the reason, when the call is given up. */
  readonly control = new AbortController();
  /** Since when its client has not read. */
  readonly turn: ClientTurn = { since: Number.POSITIVE_INFINITY };
  readonly #settings: UpstreamSettings;
  readonly #openCalls: DenseSet<UpstreamCall>;

  /** Opens a call: it is one of `openCalls` until it is closed, or given up when the client leaves. */
  constructor(client: AbortSignal, settings: UpstreamSettings, openCalls: DenseSet<UpstreamCall>) {
    this.#settings = settings;
    this.#openCalls = openCalls;
    openCalls.add(this);
    const leave = () => this.giveUp(client.reason);
    client.addEventListener("abort", leave);
    if (client.aborted) leave();
  }

  /**
   * Sends a request, whose body, which may be large, is then `send`'s to keep. Resolves to a failure
   * where there is no answer, or none in time.
   */
  async send(send: Send, client: ClientRequest, trace?: HeaderFields): Promise<Response | Failure> {
    const settings = this.#settings;
    const { method, target, headers, bytes } = client;
    client.bytes = undefined;
    const deadline = new Deadline();
    deadline.set(settings.upstreamTimeoutMs, () => this.giveUp(UPSTREAM_TIMEOUT));
    try {
      return await send(settings.openrouterBaseUrl + target, {
        method,
        headers: Object.assign(upstreamRequestHeaders(headers, settings.openrouterApiKey), trace),
        body: bytes?.length === 0 ? undefined : bytes,
        redirect: "manual",
        signal: this.control.signal,
        keepalive: !UNREPEATABLE.has(method),
      });
    } catch (error) {
      return this.failure ?? unreachable(error);
    } finally {
      deadline.clear();
    }
  }

  /** Ends the exchange before its time; `reason` is one of `core/give-up.ts`, or the client's. */
  giveUp(reason: unknown): void {
    if (this.#openCalls.has(this)) this.control.abort(reason);
  }

  /** Why the call was given up; undefined where it was not. */
  get failure(): Failure | undefined {
    const { aborted, reason } = this.control.signal;
    if (!aborted) return undefined;
    if (reason === SHUTDOWN) return { kind: "shutdown" };
    if (reason !== UPSTREAM_TIMEOUT) return { kind: "client-gone" };
    return { kind: "upstream-timeout", afterMs: this.#settings.upstreamTimeoutMs };
  }

  /** Nothing more is read. */
  close(): void {
    this.#openCalls.delete(this);
  }
}

/** What it means that `send` rejected, where the call was not given up. */
function unreachable(error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code !== undefined && NO_RESOURCES.has(code)) return { kind: "no-resources", code };
  const name = error instanceof Error ? error.name : "unknown error";
  return { kind: "unreachable", reason: code ?? name, code };
}
