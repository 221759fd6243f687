import { findOpenFilesLimit } from "../src/server/open-files.ts";

/** Over HTTP/1.1 a stream is two files of a proxy: a socket to the client, and one to upstream. */
const FILES_PER_STREAM = 2;
/** Candor opens three quarters of the files that it may open: the rest stays free. */
const SHARE_OF_FILES = 0.75;
/** Among those three quarters, so many at most are no stream's: the log, the listener. */
const OTHER_FILES = 100;

/** How many streams a process can keep open that may have so many files (`ulimit -n`). */
export function mostStreams(files = findOpenFilesLimit()): number {
  return Math.floor((files * SHARE_OF_FILES - OTHER_FILES) / FILES_PER_STREAM);
}

/** How many files a process has to be allowed for so many streams. */
export function filesFor(streams: number): number {
  return Math.ceil((streams * FILES_PER_STREAM + OTHER_FILES) / SHARE_OF_FILES);
}
