import { setImmediate } from "node:timers/promises";
import { ByteSink } from "../core/bytes.ts";
import { Deadline, TOO_LATE } from "../core/deadline.ts";
import type { DenseSet, Placed } from "../core/dense-set.ts";
import type { Failure } from "./failure.ts";

/** A request whose body is being received. */
export interface OpenRead extends Placed {
  /** Ends the wait for the rest of it: the server stops. */
  giveUp: () => void;
}

/** Is told how large a body has become; says why there is no room for that, if there is none. */
export type Grow = (size: number) => Failure | undefined;

/** How large a body may be, and how long it may take. */
export interface BodyLimits {
  maxBodyBytes: number;
  requestTimeoutMs: number;
}

/**
 * The whole body, as it came, or the failure that it is too large, too slow, or broke off. While it
 * is received, it is one of `openReads`.
 */
export async function readBody(
  request: Request,
  config: BodyLimits,
  openReads: DenseSet<OpenRead>,
  grow: Grow,
): Promise<Uint8Array | Failure> {
  const length = request.headers.get("content-length");
  const limit = config.maxBodyBytes;
  if (Number(length) > limit) return { kind: "body-too-large", limit };
  const afterMs = config.requestTimeoutMs;
  const deadline = new Deadline();
  let isGivenUp = false;
  const read: OpenRead = {
    place: -1,
    giveUp() {
      isGivenUp = true;
      deadline.expire();
    },
  };
  openReads.add(read);
  try {
    const body = length === null ? readUnmeasured(request, limit, grow) : request.bytes();
    const bytes = await deadline.wait<Uint8Array | Failure>(body, afterMs);
    if (bytes !== TOO_LATE) return bytes;
    return isGivenUp ? { kind: "shutdown" } : { kind: "request-timeout", afterMs };
  } catch {
    return { kind: "body-cut" };
  } finally {
    openReads.delete(read);
    deadline.clear();
  }
}

/**
 * A body of which no header tells the length. It is read once in each turn of the event loop, so
 * that Bun puts together what came meanwhile, and copied to one place: kept one by one, chunks of
 * one byte would cost a hundred times their size.
 */
async function readUnmeasured(
  { body }: Request,
  limit: number,
  grow: Grow,
): Promise<Uint8Array | Failure> {
  const sink = new ByteSink();
  for await (const chunk of body ?? []) {
    const size = sink.size + chunk.length;
    if (size > limit) return { kind: "body-too-large", limit };
    const shortage = grow(size);
    if (shortage !== undefined) return shortage;
    sink.write(chunk);
    await setImmediate();
  }
  return sink.take();
}
