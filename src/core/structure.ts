import { NameCounter } from "./name-counter.ts";

/** How much structure a JSON text may have: honest ones have a hundredth of it. */
export interface StructureLimits {
  /** How deep arrays and objects may be nested. */
  maxDepth: number;
  /** How many arrays and objects there may be. */
  maxContainers: number;
}

/** For those who have no settings. */
export const DEFAULT_STRUCTURE: StructureLimits = { maxDepth: 500, maxContainers: 1_000_000 };

/**
 * How many texts there may be, how many names that differ, and how many values of any kind; no setting
 * moves these. A list of embeddings has six million numbers. Names that differ cost the parser a
 * microsecond each, those that came before nothing.
 */
export const FIXED_LIMITS = { texts: 1_000_000, names: 100_000, values: 8_000_000 };

/** The least that a name takes, with its value: a shorter text cannot have too many. */
const LEAST_NAME = 5;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Whether a JSON text has more structure than is allowed. */
export function hasTooMuchStructure(text: string, limits: StructureLimits): boolean {
  return findExcess(text, limits) !== undefined;
}

/** What a JSON text has too much of. */
export type Excess = "depth" | "containers" | "texts" | "names" | "values";

/**
 * What a JSON text has more of than is allowed. To parse 31 MB of `[` takes 2.5 GB and two seconds,
 * in which nobody else is served; this takes one pass. Of a text that is not JSON it says nothing.
 */
export function findExcess(text: string, limits: StructureLimits): Excess | undefined {
  const { maxDepth, maxContainers } = limits;
  // Nearly all events are shorter than any limit.
  if (text.length <= maxDepth && text.length <= maxContainers) return undefined;
  const names = text.length < LEAST_NAME * FIXED_LIMITS.names ? undefined : new NameCounter();
  let depth = 0;
  let containers = 0;
  let texts = 0;
  let values = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const start = index;
      index = endOfText(text, index);
      if (names === undefined) continue;
      const isName = text.charCodeAt(skipBlanks(text, index + 1)) === COLON;
      if (isName && names.count(text, start, index) > FIXED_LIMITS.names) return "names";
      if (!isName && ++texts > FIXED_LIMITS.texts) return "texts";
    } else if (code === COMMA) {
      if (++values > FIXED_LIMITS.values) return "values";
    } else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      depth += 1;
      if (depth > maxDepth) return "depth";
      if (++containers > maxContainers) return "containers";
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      depth -= 1;
    }
  }
  return undefined;
}

/** The index of the next character that is no white space. */
function skipBlanks(text: string, from: number): number {
  let index = from;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== SPACE && code !== LF && code !== CR && code !== TAB) break;
  }
  return index;
}

/** The index of the quote that ends the text which a quote begins. */
function endOfText(text: string, quote: number): number {
  let end = text.indexOf('"', quote + 1);
  while (end !== -1 && isEscaped(text, end, quote)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

/** Whether an odd number of backslashes stands before a character. */
function isEscaped(text: string, index: number, start: number): boolean {
  let before = index - 1;
  while (before > start && text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (index - before) % 2 === 0;
}
