import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import { MOST_BYTES, MOST_BYTES_SHOWN } from "../read-bounded.ts";

/** A capture may end anywhere: what is there is decoded. */
const PARTLY = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_BYTES };
const WHOLLY = { maxOutputLength: MOST_BYTES };

const DECODERS = new Map<string, (bytes: Uint8Array) => Uint8Array>([
  ["gzip", (bytes) => gunzipSync(bytes, PARTLY)],
  ["deflate", (bytes) => inflateSync(bytes, PARTLY)],
  ["br", (bytes) => brotliDecompressSync(bytes, WHOLLY)],
  ["zstd", (bytes) => zstdDecompressSync(bytes, WHOLLY)],
]);

/**
 * The body without its content coding; as it is where a client, such as curl, took that off. Throws
 * where it would be larger than what is read.
 */
export function decodeBody(bytes: Uint8Array, headers: Headers): Uint8Array {
  const decode = DECODERS.get(headers.get("content-encoding") ?? "");
  try {
    return decode === undefined ? bytes : decode(bytes);
  } catch (error) {
    const isTooLarge =
      error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    if (!isTooLarge) return bytes;
    throw new Error(`the body is larger than ${MOST_BYTES_SHOWN} once it is decoded`, {
      cause: error,
    });
  }
}
