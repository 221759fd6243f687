/** What a hostile upstream, or a hostile client, sends. */
export interface Payload {
  name: string;
  /** Who sends it: a client, or upstream, in a plain answer, a stream, or the head of an answer. */
  side: "request" | "answer" | "stream" | "head";
  /** So many bytes of it, or a little less. */
  make(size: number): Sent;
}

/** What is sent: header fields, and a body, which may come in chunks of so many bytes. */
export interface Sent {
  status?: number;
  fields?: [name: string, value: string][];
  body: string | Uint8Array;
  chunkBytes?: number;
}

/** A text over and over. */
export function fill(unit: string, size: number): string {
  return unit.repeat(Math.max(1, Math.floor(size / unit.length)));
}

/** Texts that differ, one after another, up to a size. */
export function series(make: (index: number) => string, size: number): string {
  const pieces: string[] = [];
  for (let length = 0, index = 0; length < size; index++) {
    const piece = make(index);
    pieces.push(piece);
    length += piece.length;
  }
  return pieces.join("");
}
