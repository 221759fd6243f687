import type { ClientRequest } from "./client-request.ts";
import type { Config } from "./config.ts";
import { createDeadline, type Deadline } from "./deadline.ts";
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

/** One request to upstream, open until nothing more is read from its answer. */
export interface UpstreamCall {
  url: string;
  init: UpstreamInit;
  /** Limits the wait for whatever is awaited of upstream at the time. */
  deadline: Deadline;
  /** Ends the exchange before its time: the client left, the wait was too long, the server stops. */
  giveUp(failure: Failure): void;
  /** From now on `end`, and no longer the abortion of the request, is how the call is given up. */
  handOver(end: (failure: Failure) => void): void;
  /** What a rejection of `send`, or of a read, means. */
  explain(error: unknown): Failure;
  /** Nothing more is read: frees what the call held. */
  close(): void;
}

/**
 * Opens a call, and gives it up when the client leaves, or when upstream has not sent its header
 * fields within `upstreamTimeoutMs`. It is one of `openCalls` until it is closed.
 */
export function openUpstreamCall(
  client: ClientRequest,
  config: Config,
  openCalls: Set<UpstreamCall>,
): UpstreamCall {
  const controller = new AbortController();
  let reason: Failure | undefined;
  let end: (failure: Failure) => void = () => controller.abort();

  const call: UpstreamCall = {
    url: config.openrouterBaseUrl + client.target,
    init: {
      method: client.method,
      headers: upstreamRequestHeaders(client.headers, config.openrouterApiKey),
      body: client.bytes.length > 0 ? client.bytes : undefined,
      redirect: "manual",
      signal: controller.signal,
    },
    deadline: createDeadline(),
    giveUp(failure) {
      reason ??= failure;
      end(failure);
    },
    handOver(endInstead) {
      end = endInstead;
    },
    explain: (error) => reason ?? unreachable(error),
    close() {
      openCalls.delete(call);
      call.deadline.clear();
      client.signal.removeEventListener("abort", leave);
    },
  };
  const leave = () => call.giveUp({ kind: "client-gone" });

  openCalls.add(call);
  client.signal.addEventListener("abort", leave);
  if (client.signal.aborted) leave();
  const afterMs = config.upstreamTimeoutMs;
  call.deadline.set(afterMs, () => call.giveUp({ kind: "upstream-timeout", afterMs }));
  return call;
}

function unreachable(error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const name = error instanceof Error ? error.name : "unknown error";
  return { kind: "unreachable", reason: code ?? name, code };
}
