/** A comment that goes before a stream that was held to its limit with nothing in it. */
const FIRST_SIGN = Buffer.from(":\n\n");

/** How many of a body's first bytes are those of the pieces, and whether all the pieces are there. */
export function comparePieces(
  body: Buffer,
  pieces: Uint8Array[],
): { matched: number; isAll: boolean } {
  let matched = body.subarray(0, FIRST_SIGN.length).equals(FIRST_SIGN) ? FIRST_SIGN.length : 0;
  for (const piece of pieces) {
    const there = body.subarray(matched, matched + piece.length);
    if (!there.equals(piece.subarray(0, there.length))) {
      const wrong = there.findIndex((byte, index) => byte !== piece[index]);
      return { matched: matched + wrong, isAll: false };
    }
    matched += there.length;
    if (there.length < piece.length) return { matched, isAll: false };
  }
  return { matched, isAll: true };
}

/** The beginning of some bytes, as a text in quotes. */
export function quoteBytes(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes.subarray(0, 200)).toString());
}
