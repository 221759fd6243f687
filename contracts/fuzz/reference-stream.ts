import { blocksOf, isHeartbeat, type ReferenceBlock } from "./reference-blocks.ts";
import {
  bodyClaimOf,
  choicesOf,
  claimOf,
  failedNatively,
  failure,
  hasContent,
  hasTokens,
  hasWords,
  isFinished,
  isObject,
  parseJson,
  saysSomething,
} from "./reference-judge.ts";
import { type Fields, fieldsOf, type Meaning, meaningOf } from "./reference-status.ts";

/** What goes out of a stream, in order: a block's text as it came, or an event with other data. */
export type ReferencePart = string | { data: unknown };

/**
 * How a committed stream ends: with an error event, which is Candor's `own` or upstream's, with
 * a `[DONE]` of Candor's, or with upstream's.
 */
export type ReferenceEnding =
  | ({ kind: "error"; isOwn: boolean; isBroken: boolean } & Meaning)
  | { kind: "done" }
  | { kind: "as-is" };

/** What should become of a whole event stream. */
export type ReferenceStream =
  | ({ kind: "repair" } & Meaning)
  | { kind: "relay"; parts: ReferencePart[]; ending: ReferenceEnding };

/** What an event is in a stream. */
type Step =
  | { kind: "silent" | "content" | "done" }
  /** `isReport`: upstream says so; else the event is no JSON. */
  | { kind: "fault"; meaning: Meaning; rest: Fields; isReport: boolean };

/** What has been seen of a stream so far. */
interface Progress {
  /** Whether the answer has begun: some content, or a finish. */
  isCommitted: boolean;
  /** Whether the answer is more than white space. */
  isAnswered: boolean;
  /** Whether tokens were counted, so that even an answer without content is one. */
  isCounted: boolean;
  /** Whether usage came behind content: nothing is missing then. */
  isBilled: boolean;
  /** Whether each choice has finished, and said nothing since. */
  finished: Map<number, boolean>;
  /** The choices of which a finish has come at all. */
  everFinished: Set<number>;
}

/** Judges an event stream of the chat endpoint, read to its end or to where it was cut. */
export function referenceStream(body: Uint8Array, isCut: boolean): ReferenceStream {
  const parts: ReferencePart[] = [];
  const seen: Progress = {
    isCommitted: false,
    isAnswered: false,
    isCounted: false,
    isBilled: false,
    finished: new Map(),
    everFinished: new Set(),
  };
  for (const block of blocksOf(body, isCut)) {
    const step = stepOf(block, seen);
    const value = parseJson(block.data ?? "");
    note(seen, value);
    if (step.kind === "done") {
      if (!seen.isCommitted && !seen.isCounted) return repair(meaningOf({}, {}));
      parts.push(block.data === "[DONE]" ? endOf(block) : "data: [DONE]\n\n");
      return { kind: "relay", parts, ending: { kind: "as-is" } };
    }
    if (step.kind === "fault") {
      const ending = endingAt(step, seen);
      if (ending !== undefined) {
        if (seen.isCommitted) return { kind: "relay", parts, ending };
        return repair(step.meaning);
      }
      if (Object.keys(step.rest).length > 0) parts.push({ data: step.rest });
    } else {
      seen.isCommitted ||= step.kind === "content";
      if (block.written !== "") parts.push(partOf(block, value));
    }
    noteFinishes(seen, value);
  }
  return atEnd(parts, seen, isCut);
}

/** How a fault ends a stream; undefined where it is a report that comes too late to matter. */
function endingAt(
  step: Extract<Step, { kind: "fault" }>,
  seen: Progress,
): ReferenceEnding | undefined {
  if (step.isReport && isFinishedWhole(seen)) return undefined;
  if (!step.isReport && isWhole(seen)) return { kind: "done" };
  const isOwn = !step.isReport;
  return { ...step.meaning, kind: "error", isOwn, isBroken: isOwn };
}

function atEnd(parts: ReferencePart[], seen: Progress, isCut: boolean): ReferenceStream {
  const isAnswer = seen.isCommitted || (seen.isCounted && !isCut);
  if (!isAnswer) return repair(meaningOf({}, {}));
  if (isWhole(seen) || !seen.isCommitted) return { kind: "relay", parts, ending: { kind: "done" } };
  const ending = { kind: "error", isOwn: true, isBroken: isCut, ...meaningOf({}, {}) } as const;
  return { kind: "relay", parts, ending };
}

function repair(meaning: Meaning): ReferenceStream {
  return { kind: "repair", ...meaning };
}

/** Notes what an event says, before anything is made of it. */
function note(seen: Progress, value: unknown): void {
  const choices = choicesOf(value);
  const isSpeaking = choices.some(hasContent);
  for (const choice of choices) {
    const index = indexOf(choice);
    // A choice that first shows up in an event with an error is not whole for it, and one that
    // speaks behind its finish is open again.
    if (!seen.finished.has(index) || hasContent(choice)) seen.finished.set(index, false);
  }
  seen.isAnswered ||= choices.some(hasWords);
  seen.isCounted ||= hasTokens(value);
  const isUsage = saysSomething(fieldsOf(fieldsOf(value)["usage"]));
  seen.isBilled = !isSpeaking && (seen.isBilled || (seen.isCommitted && isUsage));
}

/** Notes the finishes of an event that is no fault, or one that comes too late. */
function noteFinishes(seen: Progress, value: unknown): void {
  const choices = choicesOf(value);
  const speaking = new Set(choices.filter(hasContent).map(indexOf));
  for (const choice of choices.filter(isFinished)) {
    const index = indexOf(choice);
    // Some providers finish every event: with new content, a second finish is no end either.
    if (!seen.everFinished.has(index) || !speaking.has(index)) seen.finished.set(index, true);
    seen.everFinished.add(index);
    seen.isAnswered = true;
  }
}

function isFinishedWhole({ finished }: Progress): boolean {
  return finished.size > 0 && [...finished.values()].every(Boolean);
}

function isWhole(seen: Progress): boolean {
  return isFinishedWhole(seen) || seen.isBilled;
}

function indexOf(choice: Fields): number {
  return typeof choice["index"] === "number" ? choice["index"] : 0;
}

function stepOf(block: ReferenceBlock, seen: Progress): Step {
  if (block.data?.trim() === "[DONE]") return { kind: "done" };
  const isSilent = block.data === undefined || isHeartbeat(block);
  const value = isSilent ? {} : parseJson(block.data ?? "");
  const rest = withoutFault(value);
  const choices = choicesOf(value);
  const ended = choices.filter(isFinished);
  const isBlank = !seen.isAnswered && !choices.some(hasWords);
  const native = isBlank && ended.some(failedNatively) ? failure(fieldsOf(value)) : undefined;
  const claims = [bodyClaimOf(value), claimOf(value), native, ...block.bare.map(claimOf)];
  const claim = claims.find((meaning) => meaning !== undefined);
  if (claim !== undefined) return { kind: "fault", meaning: claim, rest, isReport: true };
  if (block.isError) {
    return { kind: "fault", meaning: meaningOf(value, {}), rest: {}, isReport: true };
  }
  if (value === undefined) {
    return { kind: "fault", meaning: meaningOf({}, {}), rest: {}, isReport: false };
  }
  return { kind: choices.some(hasContent) || ended.length > 0 ? "content" : "silent" };
}

/** What goes out of a healthy event: a `null` under `error` is taken out. */
function partOf(block: ReferenceBlock, value: unknown): ReferencePart {
  const fields = fieldsOf(value);
  if (!isObject(value) || fields["error"] !== null) return endOf(block);
  const { error: _error, ...data } = fields;
  return { data };
}

/** A block's text, with the blank line that it needs. */
function endOf({ written, isOpen }: ReferenceBlock): string {
  return isOpen ? `${written}\n\n` : written;
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
