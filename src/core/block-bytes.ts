import { concatBytes } from "./bytes.ts";

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const BOM = [0xef, 0xbb, 0xbf];
const LINE_FEED = Uint8Array.of(LF);

/** Whether a block is nothing but a comment of one line, or a blank line. */
export function isPadding(bytes: Uint8Array): boolean {
  const first = bytes[0];
  if (first !== COLON && first !== LF && first !== CR) return false;
  const lineBytes = first === COLON ? lineEnd(bytes, 0) : 0;
  return bytes.subarray(lineBytes).every((byte) => byte === LF || byte === CR);
}

/** For how many blocks of nothing it stands: each blank line is one. */
export function paddingBlocks(bytes: Uint8Array): number {
  return bytes[0] === COLON ? 1 : bytes.length;
}

/** A body may begin with a BOM, which is no part of its first event (HTML §9.2.5). */
export function withoutBom(bytes: Uint8Array): Uint8Array {
  return BOM.every((byte, index) => bytes[index] === byte) ? bytes.subarray(BOM.length) : bytes;
}

/** A block without the lines that begin with a colon; empty where only blank lines are left. */
export function withoutComments(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let hasLines = false;
  for (let start = 0; start < bytes.length;) {
    const end = lineEnd(bytes, start);
    if (bytes[start] !== COLON) {
      // A CR before the comment and the LF behind it would become one line end.
      if (bytes[start] === LF && kept.at(-1)?.at(-1) === CR) kept.push(LINE_FEED);
      kept.push(bytes.subarray(start, end));
      hasLines ||= bytes[start] !== LF && bytes[start] !== CR;
    }
    start = end;
  }
  return hasLines ? concatBytes(kept) : new Uint8Array();
}

/** The index behind a line end, and behind those that follow and equal it: each is a blank line. */
export function endOfRun(chunk: Uint8Array, start: number, most: number): number {
  const byte = chunk[start];
  const last = Math.min(chunk.length, start + most);
  let end = start + 1;
  while (end < last && chunk[end] === byte) end += 1;
  return end;
}

/** The index behind the line end that ends the line at an index: LF, CRLF or CR. */
function lineEnd(bytes: Uint8Array, start: number): number {
  for (let index = start; index < bytes.length; index++) {
    if (bytes[index] === LF) return index + 1;
    if (bytes[index] === CR) return bytes[index + 1] === LF ? index + 2 : index + 1;
  }
  return bytes.length;
}
