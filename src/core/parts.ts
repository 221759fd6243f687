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

  /** Opens the parts that an event is about. A finished part that gets new content is open again. */
  open(parts: number[], speaking: number[]): void {
    for (const part of parts) {
      if (!this.#finished.has(part) || speaking.includes(part)) this.#open.add(part);
    }
  }

  /**
   * Finishes the parts that an event names. Some providers put a finish into every event
   * (litellm#2195), so a second finish that comes with new content does not end a part.
   */
  finish(parts: number[], speaking: number[]): void {
    for (const part of parts) {
      if (!this.#finished.has(part) || !speaking.includes(part)) this.#open.delete(part);
      this.#finished.add(part);
    }
  }
}
