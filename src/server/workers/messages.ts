import type { ExchangeRecord, Exhibit } from "../../observe/record.ts";
import type { Usage } from "./usage.ts";

/** An exchange that goes on, as it is now; `n` numbers the exchanges of one worker. */
export interface OpenRecord {
  n: number;
  record: ExchangeRecord;
}

/** An exchange that is over. */
export interface EndedRecord extends OpenRecord {
  exhibit?: Exhibit | undefined;
}

/** What a worker tells its parent, as JSON. */
export type FromWorker =
  | { kind: "listening"; url: string }
  | { kind: "records"; open: OpenRecord[]; ended: EndedRecord[]; usage: Usage }
  /** Exchange `n` is saved as a recording, or cannot be. */
  | { kind: "saved"; n: number; path?: string | undefined }
  /** The last message; the worker ends with the answer. */
  | { kind: "done" };

/** What the parent tells a worker. */
export type ToWorker =
  /** Others have its place. */
  | { kind: "retire" }
  /** It retires, and all the others stop, too. */
  | { kind: "hurry" }
  /** Save exchange `n` as a recording. */
  | { kind: "save"; n: number }
  /** `done` has come. */
  | { kind: "go" };

/** Whether a message is one of a worker's: parent and worker are the same program. */
export function isFromWorker(message: unknown): message is FromWorker {
  return hasKind(message, ["listening", "records", "saved", "done"]);
}

/** Whether a message is one of the parent's. */
export function isToWorker(message: unknown): message is ToWorker {
  return hasKind(message, ["retire", "hurry", "save", "go"]);
}

function hasKind(message: unknown, kinds: string[]): boolean {
  if (typeof message !== "object" || message === null || !("kind" in message)) return false;
  return kinds.some((kind) => kind === message.kind);
}
