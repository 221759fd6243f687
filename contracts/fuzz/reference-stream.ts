import { blocksOf, type ReferenceBlock } from "./reference-blocks.ts";
import {
  bodyClaimOf,
  choicesOf,
  claimOf,
  failedNatively,
  failure,
  hasContent,
  isFinished,
  isObject,
  parseJson,
  saysSomething,
} from "./reference-judge.ts";
import { type Fields, fieldsOf, type Meaning, meaningOf } from "./reference-status.ts";

/** What goes out of a stream, in order: a block as it came, or the rest of an event's data. */
export type ReferencePart =
  | { kind: "as-is"; bytes: Uint8Array; isOpen: boolean }
  | { kind: "data"; value: Fields };

/** How a committed stream ends: with an error event, with a `[DONE]` of ours, or with upstream's. */
export type ReferenceEnding = ({ kind: "error" } & Meaning) | { kind: "done" } | { kind: "as-is" };

/** What should become of a whole event stream. */
export type ReferenceStream =
  | ({ kind: "repair" } & Meaning)
  | { kind: "relay"; parts: ReferencePart[]; ending: ReferenceEnding };

/** What an event is in a stream: before the commit, only the first that is not silent counts. */
type Step =
  | { kind: "silent" | "content" | "done" }
  /** `isReport`: upstream says so; else the event is no JSON. */
  | { kind: "fault"; meaning: Meaning; rest: Fields; isReport: boolean };

/** Judges an event stream of the chat endpoint, read to its end or to where it was cut. */
export function referenceStream(body: Uint8Array, isCut: boolean): ReferenceStream {
  const blocks = blocksOf(body, isCut);
  const first = blocks.map((block) => stepOf(block, false)).find(({ kind }) => kind !== "silent");
  if (first?.kind === "content") return { kind: "relay", ...follow(blocks, isCut) };
  return { kind: "repair", ...(first?.kind === "fault" ? first.meaning : meaningOf({}, {})) };
}

/** Follows a stream that has been committed: held blocks first, then the rest. */
function follow(
  blocks: ReferenceBlock[],
  isCut: boolean,
): { parts: ReferencePart[]; ending: ReferenceEnding } {
  const parts: ReferencePart[] = [];
  const finished = new Map<number, boolean>();
  let isCommitted = false;
  for (const block of blocks) {
    const step = stepOf(block, isCommitted);
    const choices = choicesOf(parseJson(block.data ?? ""));
    // A choice that first shows up in an event with an error is not whole for it.
    for (const choice of choices) {
      if (!finished.has(indexOf(choice))) finished.set(indexOf(choice), false);
    }
    if (step.kind === "fault") {
      const isTooLate = step.isReport && isWhole(finished);
      if (!isTooLate) return { parts, ending: { kind: "error", ...step.meaning } };
      if (Object.keys(step.rest).length > 0) parts.push({ kind: "data", value: step.rest });
    } else {
      parts.push({ kind: "as-is", bytes: block.bytes, isOpen: block.isOpen });
      if (step.kind === "done") return { parts, ending: { kind: "as-is" } };
    }
    isCommitted ||= step.kind === "content";
    for (const choice of choices) if (isFinished(choice)) finished.set(indexOf(choice), true);
  }
  const ending = isWhole(finished) && !isCut ? { kind: "done" as const } : unfinished();
  return { parts, ending };
}

function unfinished(): ReferenceEnding {
  return { kind: "error", ...meaningOf({}, {}) };
}

function isWhole(finished: Map<number, boolean>): boolean {
  return finished.size > 0 && [...finished.values()].every(Boolean);
}

function indexOf(choice: Fields): number {
  return typeof choice["index"] === "number" ? choice["index"] : 0;
}

function stepOf(block: ReferenceBlock, isCommitted: boolean): Step {
  if (block.data === "[DONE]") return { kind: "done" };
  const value = block.data === undefined ? {} : parseJson(block.data);
  const rest = withoutFault(value);
  const claims = [bodyClaimOf(value), claimOf(value), ...block.bare.map(claimOf)];
  const claim = claims.find((meaning) => meaning !== undefined);
  if (claim !== undefined) return { kind: "fault", meaning: claim, rest, isReport: true };
  if (block.isError) {
    return { kind: "fault", meaning: meaningOf(value, {}), rest: {}, isReport: true };
  }
  if (value === undefined) {
    return { kind: "fault", meaning: meaningOf({}, {}), rest: {}, isReport: false };
  }
  const choices = choicesOf(value);
  if (choices.some(hasContent)) return { kind: "content" };
  const ended = choices.filter(isFinished);
  if (!isCommitted && ended.some(failedNatively)) {
    return { kind: "fault", meaning: failure(fieldsOf(value)), rest, isReport: true };
  }
  return { kind: ended.length > 0 ? "content" : "silent" };
}

/** What is left of an event whose error came too late to matter. */
function withoutFault(value: unknown): Fields {
  const { error: _error, ...rest } = fieldsOf(withoutOwner(value));
  const isBareError = !saysSomething(fieldsOf(value)["error"]) && bodyClaimOf(value) !== undefined;
  if (isBareError) return {};
  if (!Array.isArray(rest["choices"])) return rest;
  return { ...rest, choices: rest["choices"].map(choiceWithoutFault) };
}

/** The owner of the key is not named, at any depth. */
function withoutOwner(value: unknown): unknown {
  const json = JSON.stringify(value, (key, inner) => (key === "user_id" ? undefined : inner));
  return parseJson(json ?? "");
}

function choiceWithoutFault(choice: unknown): unknown {
  if (!isObject(choice)) return choice;
  const { error: _error, ...rest } = fieldsOf(choice);
  return rest["finish_reason"] === "error" ? { ...rest, finish_reason: null } : rest;
}
