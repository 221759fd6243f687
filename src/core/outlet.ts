import type { Body } from "./body.ts";
import type { Deadline } from "./deadline.ts";
import type { Failure } from "./failure.ts";

/** What passes a body on to a client, and the limits under which that happens. */
export interface Outlet {
  body: Body;
  deadline: Deadline;
  /** The longest silence of upstream, while the client waits for more. */
  idleTimeoutMs: number;
  /** How long a client may leave what it was given unread. */
  stallTimeoutMs: number;
  /** Called once, when nothing more is sent; with the reason, where that is not all. */
  onEnd: (bytesSent: number, rule: string | undefined) => void;
}

/** The body of a committed answer, and the way to end it before its time. */
export interface Relay {
  stream: ReadableStream<Uint8Array>;
  /** Ends the stream. A client that is still there learns it from how the stream ends. */
  giveUp: (failure: Failure) => void;
}
