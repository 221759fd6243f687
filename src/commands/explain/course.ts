import { EventStreamReader } from "../../core/event-reader.ts";
import type { Place as CorePlace, Step } from "../../core/steps.ts";

/** A place in a stream. */
export interface Place {
  /** Which event it is, counted from 1; undefined for lines that are no event. */
  event: number | undefined;
  /** Where it begins and ends, in bytes from the beginning of the body. */
  offset: number;
  end: number;
  text: string;
}

/** What can happen in the course of a stream. */
export type StepKind =
  /** Part of an answer: the status line goes out. */
  | "answer"
  /** The same, where nobody had asked for a stream. */
  | "unasked"
  /** As much as may be held back has come: the status line goes out. */
  | "hold-limit"
  /** An error behind a whole answer. */
  | "late-error"
  | "failure"
  | "whole"
  /** The answer is whole, and `[DONE]` is added. */
  | "completed";

/** Where a verdict was made, or changed. */
export interface CourseStep {
  kind: StepKind;
  /** Undefined: at the end of the body. */
  place: Place | undefined;
}

/** How Candor judges a stream, event by event. */
export interface Course {
  events: number;
  /** Blocks without data: comments, mostly. */
  others: number;
  steps: CourseStep[];
}

/** The course of a captured stream, as the core's steps tell it. */
export function courseOf(
  body: Uint8Array,
  steps: Step[],
  isCut: boolean,
  maxEventBytes: number,
): Course {
  const told = steps.flatMap((step): CourseStep[] => {
    const kind = kindOf(step);
    if (kind === undefined) return [];
    return [{ kind, place: placeIn(body, placeOf(step)) }];
  });
  const isUnasked = told.some(({ kind }) => kind === "unasked");
  const isLimited = told.some(({ kind }) => kind === "hold-limit");
  // An answer that nobody asked for was one from its first event that decided.
  for (const step of told) {
    if (step.kind === "unasked") step.place = told.find(({ kind }) => kind === "answer")?.place;
  }
  // Where the status line went out, or not at all, without it, an answer is no step.
  const shown = told.filter(({ kind }) => kind !== "answer" || !(isUnasked || isLimited));
  return { ...countBlocks(body, isCut, maxEventBytes), steps: shown };
}

function kindOf(step: Step): StepKind | undefined {
  switch (step.kind) {
    case "decided":
      return "answer";
    case "committed":
      return step.reason === "hold-limit" ? "hold-limit" : undefined;
    case "repaired":
      return step.fault.rule === "unexpected-form" ? "unasked" : "failure";
    case "in-band":
      return "failure";
    case "late-error":
      return "late-error";
    case "finished":
      return step.isDoneAdded ? "completed" : "whole";
    default:
      return undefined;
  }
}

function placeOf(step: Step): CorePlace | undefined {
  if (step.kind === "repaired" || step.kind === "in-band") return step.fault.place;
  return "place" in step ? step.place : undefined;
}

function placeIn(body: Uint8Array, place: CorePlace | undefined): Place | undefined {
  if (place === undefined) return undefined;
  const { event, start, end } = place;
  const text = new TextDecoder().decode(body.subarray(start, end));
  return { event, offset: start, end, text };
}

/** How many events a stream holds, and how many blocks of other lines. */
function countBlocks(body: Uint8Array, isCut: boolean, maxEventBytes: number) {
  const reader = new EventStreamReader(maxEventBytes);
  let events = 0;
  let others = 0;
  for (const block of [...reader.feed(body), ...reader.end(isCut)]) {
    if ("ends" in block) events += block.ends ? 1 : 0;
    else if (block.data === undefined) others += block.blocks;
    else events += 1;
  }
  return { events, others };
}
