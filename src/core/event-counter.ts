import type { Fragment, StreamEvent } from "./event-reader.ts";
import type { Place } from "./steps.ts";

/** Counts the events of a stream, and knows where the last one stands, in bytes of the body. */
export class EventCounter {
  #events = 0;
  #comments = 0;
  #start = 0;
  #end = 0;
  #isAtEvent = false;
  #isAtEnd = true;

  /** How many blocks without data there were: comments, mostly. */
  get comments(): number {
    return this.#comments;
  }

  /** Whether the body has come to its end, so that no event is the last one. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Where the last block stands; undefined before the first one and at the end of the body. */
  get place(): Place | undefined {
    if (this.#isAtEnd) return undefined;
    const event = this.#isAtEvent ? this.#events : undefined;
    return { event, start: this.#start, end: this.#end };
  }

  /** Counts the next ones, of which the body may hold several pieces. */
  count(event: StreamEvent | Fragment): void {
    this.#isAtEnd = false;
    this.#end += event.size;
    if ("ends" in event) {
      this.#start = this.#end - event.size;
      this.#isAtEvent = true;
      if (event.ends) this.#events += 1;
      return;
    }
    this.#start = this.#end - event.lastSize;
    this.#isAtEvent = event.isKnown || event.data !== undefined;
    if (this.#isAtEvent) this.#events += event.blocks;
    else this.#comments += event.blocks;
  }

  /** The body has come to its end. */
  end(): void {
    this.#isAtEnd = true;
  }
}
