/** The data of a body in chunked coding, as far as it is there. */
export interface ChunkedReading {
  /** `whole`: the last chunk has come. `malformed`: what follows is no chunk. */
  kind: "whole" | "incomplete" | "malformed";
  data: Buffer;
  /** Behind a whole body: where it ends, its trailer fields included. */
  end: number;
  /** With fewer bytes than this, there is no more to read. */
  needed: number;
}

const SIZE_LINE = /^([0-9a-f]{1,8})[ \t]*(?:;[^\r\n]*)?$/i;

/** The longest line that a size and its extensions may be. */
const LONGEST_SIZE_LINE = 4096;

/** Reads a body in chunked coding (RFC 9112 §7.1), which begins at `start`. */
export function readChunked(bytes: Buffer, start: number): ChunkedReading {
  const chunks: Buffer[] = [];
  let position = start;
  const reading = (kind: ChunkedReading["kind"], needed = bytes.length + 1): ChunkedReading => ({
    kind,
    data: Buffer.concat(chunks),
    end: position,
    needed,
  });
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", position);
    if (lineEnd === -1 && bytes.length - position <= LONGEST_SIZE_LINE)
      return reading("incomplete");
    const size = readSize(bytes, position, lineEnd);
    if (size === undefined) return reading("malformed");
    if (size === 0) {
      // The size line's own end counts: without trailer fields, the empty line follows at once.
      const trailerEnd = bytes.indexOf("\r\n\r\n", lineEnd);
      if (trailerEnd === -1) return reading("incomplete");
      position = trailerEnd + 4;
      return reading("whole");
    }
    const dataStart = lineEnd + 2;
    const dataEnd = dataStart + size;
    chunks.push(bytes.subarray(dataStart, dataEnd));
    if (bytes.length < dataEnd + 2) return reading("incomplete", dataEnd + 2);
    if (bytes.toString("latin1", dataEnd, dataEnd + 2) !== "\r\n") return reading("malformed");
    position = dataEnd + 2;
  }
}

function readSize(bytes: Buffer, position: number, lineEnd: number): number | undefined {
  if (lineEnd === -1 || lineEnd - position > LONGEST_SIZE_LINE) return undefined;
  const [, size] = SIZE_LINE.exec(bytes.toString("latin1", position, lineEnd)) ?? [];
  return size === undefined ? undefined : Number.parseInt(size, 16);
}
