import * as zlib from "node:zlib";
import { ByteSink, concatBytes } from "../core/bytes.ts";
import type { Failure } from "./failure.ts";
import type { Grow } from "./request-body.ts";

/** Decodes what is written to it. */
type Decoder = zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress | zlib.ZstdDecompress;

/** How much is decoded at once: less costs time, more is held for nothing. */
const CHUNK = { chunkSize: 65_536 };

/** 8 MB as a power of two: what every sender of zstd may expect (RFC 9659 §3). */
const ZSTD_WINDOW = 23;

const DECODERS: Record<string, (bytes: Uint8Array, limit: number) => Decoder> = {
  gzip: () => zlib.createGunzip(CHUNK),
  deflate: (bytes) =>
    hasZlibHead(bytes) ? zlib.createInflate(CHUNK) : zlib.createInflateRaw(CHUNK),
  br: () => zlib.createBrotliDecompress(CHUNK),
  zstd(_bytes, limit) {
    // A frame may ask for much more memory than its body needs, but a body may be one window.
    const windowLogMax = Math.max(ZSTD_WINDOW, Math.ceil(Math.log2(limit)));
    const params = { [zlib.constants.ZSTD_d_windowLogMax]: Math.min(windowLogMax, 27) };
    return zlib.createZstdDecompress({ ...CHUNK, params });
  },
};

/** The codings of a body that are taken, by their names in `Accept-Encoding`. */
export const CODINGS = Object.keys(DECODERS);

/**
 * A frame of zstd that holds one full stop (RFC 8878 §3.1.1). `zlib` does not say that a frame ended
 * too early; one that follows is then not decoded.
 */
const LAST_FRAME = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 1, 9, 0, 0, 0x2e]);

/**
 * The coding of a body: undefined where there is none, a failure where it is none of `CODINGS`, or
 * there are several (RFC 9110 §8.4).
 */
export function findCoding(headers: Headers): string | Failure | undefined {
  const given = headers.get("content-encoding");
  if (given === null) return undefined;
  const coding = given
    .trim()
    .toLowerCase()
    .replace(/^x-gzip$/, "gzip");
  if (coding === "identity" || coding === "") return undefined;
  return CODINGS.includes(coding) ? coding : { kind: "wrong-content-encoding", coding: given };
}

/** The bytes behind a coding of `CODINGS`, never more than `limit`, or why there are none. */
export async function decodeBody(
  bytes: Uint8Array,
  coding: string,
  limit: number,
  grow: Grow,
): Promise<Uint8Array | Failure> {
  const isZstd = coding === "zstd";
  const written = isZstd ? concatBytes([bytes, LAST_FRAME]) : bytes;
  const most = isZstd ? limit + 1 : limit;
  const sink = new ByteSink();
  const decoder = DECODERS[coding]?.(bytes, limit);
  const broken: Failure = { kind: "bad-body", param: null, problem: `The body is not ${coding}.` };
  if (decoder === undefined) return broken;
  try {
    decoder.end(written);
    for await (const chunk of decoder) {
      if (!(chunk instanceof Uint8Array)) return broken;
      // Leaving the loop ends the decoder.
      const size = sink.size + chunk.length;
      if (size > most) return { kind: "body-too-large", limit };
      const shortage = grow(size);
      if (shortage !== undefined) return shortage;
      sink.write(chunk);
    }
  } catch {
    return broken;
  }
  const decoded = sink.take();
  // What stands behind the end of the data is no part of it.
  if (decoder.bytesWritten !== written.length) return broken;
  return isZstd ? withoutLast(decoded, broken) : decoded;
}

function withoutLast(decoded: Uint8Array, broken: Failure): Uint8Array | Failure {
  return decoded.at(-1) === LAST_FRAME.at(-1) ? decoded.subarray(0, -1) : broken;
}

/** Whether the data has the head of RFC 1950, which some senders leave out (RFC 9110 §8.4.1.2). */
function hasZlibHead([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}
