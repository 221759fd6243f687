/**
 * The parts of an answer that comes in pieces (choices, output items, content blocks) by their
 * index: which of them are open, and which have finished.
 */
export class Parts {
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();

  /** Whether there are parts, and all of them have finished. */
  get areFinished(): boolean {
    return this.#open.size === 0 && this.#finished.size > 0;
  }

  /** Parts that an event is about. One that speaks behind its finish is open again. */
  open(parts: number[], speaking: number[]): void {
    for (const part of parts) {
      if (!this.#finished.has(part) || speaking.includes(part)) this.#open.add(part);
    }
  }

  /**
   * Parts that an event finishes. Some providers finish every event (litellm#2195): where it comes
   * with new content, a second finish is no end either.
   */
  finish(parts: number[], speaking: number[]): void {
    for (const part of parts) {
      if (!this.#finished.has(part) || !speaking.includes(part)) this.#open.delete(part);
      this.#finished.add(part);
    }
  }
}
