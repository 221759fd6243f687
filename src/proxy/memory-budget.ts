import type { Failure } from "./failure.ts";
import { findOverload } from "./refusals.ts";
import type { Grow } from "./request-body.ts";

/** How much memory the process may take, and takes. */
export interface Memory {
  limitMb: number;
  /** Measured now and then; `isFresh`: just now. */
  usedMb(isFresh: boolean): number;
}

/** Where there is no limit. */
export const UNLIMITED: Memory = { limitMb: Number.POSITIVE_INFINITY, usedMb: () => 0 };

/** What a body costs of memory while it is read and parsed, for each of its bytes, in MB. */
const MB_PER_BYTE = 4 / 2 ** 20;

/** From this size on the memory is measured for a body, and again for each such part of it. */
const LARGE = 2 ** 20;

/** The memory that one body is counted for. */
export interface Share {
  grow: Grow;
  /** The body is read: what is left of it is measured like all else. */
  close(): void;
}

/**
 * Shares the memory among the bodies that are being received. They count before they are there:
 * of many large ones that come at once, each would find enough.
 */
export class MemoryBudget {
  readonly #memory: Memory;
  readonly #isAlone: () => boolean;
  #bytes = 0;

  /** `isAlone`: whether no other request is under way. One that is alone is always let in. */
  constructor(memory: Memory, isAlone: () => boolean) {
    this.#memory = memory;
    this.#isAlone = isAlone;
  }

  /** Why there is no memory for another body of this length. */
  findShortage(length: number): Failure | undefined {
    if (this.#isAlone()) return undefined;
    const { limitMb } = this.#memory;
    const usedMb = this.#memory.usedMb(length >= LARGE) + (this.#bytes + length) * MB_PER_BYTE;
    return findOverload(usedMb, limitMb, "MEMORY_LIMIT_MB");
  }

  /** Whether the process takes more memory than it may. */
  isShort(): boolean {
    return this.#memory.usedMb(false) >= this.#memory.limitMb;
  }

  /** Counts a body of this length, which may turn out to be longer. */
  open(length: number): Share {
    let counted = length;
    this.#bytes += counted;
    return {
      grow: (size) => {
        if (size <= counted) return undefined;
        // What is counted grows in large parts, so that each of them can be measured for.
        const more = Math.ceil(size / LARGE) * LARGE - counted;
        const shortage = size > LARGE ? this.findShortage(more) : undefined;
        this.#bytes += more;
        counted += more;
        return shortage;
      },
      close: () => {
        this.#bytes -= counted;
      },
    };
  }
}
