import { MOST_BYTES_SHOWN } from "../read-bounded.ts";
import { END_FIELDS, type Seen } from "./seen.ts";

/** A status that stands for any failure of upstream which has no status of its own. */
const BAD_GATEWAY = 502;

/**
 * What is untrue of an answer, given what would have been true; undefined where nothing is. Only
 * what a client goes by counts: bytes, further fields and the edges of chunks are a gateway's own.
 */
export function findUntruth(truth: Seen, seen: Seen): string | undefined {
  if (seen.end === "endless") return `more than ${MOST_BYTES_SHOWN}`;
  if (seen.end === "late") return "the answer takes too long";
  if (seen.status === undefined || truth.status === undefined) return "no answer";
  if (truth.status >= 400) return findHiddenFailure(truth.status, seen);
  if (truth.error !== undefined) return findHiddenEnd(seen);
  return findInventedFailure(truth, seen) ?? findChangedAnswer(truth, seen);
}

/** An error has to have its status, and to be an error object in JSON. */
function findHiddenFailure(status: number, seen: Seen): string | undefined {
  const isTrue = status === BAD_GATEWAY ? Number(seen.status) >= 500 : seen.status === status;
  if (!isTrue) return `status ${seen.status} in place of ${status}`;
  if (seen.form !== "json" || !seen.isJson) return "an error that is not JSON";
  return seen.error?.message === undefined ? "an error without error.message" : undefined;
}

/** Where a stream fails after its first words, its client has to be able to tell. */
function findHiddenEnd(seen: Seen): string | undefined {
  const isKeptBack = Number(seen.status) >= 400;
  if (isKeptBack) return findHiddenFailure(Number(seen.status), seen);
  // It would crash the client's parser in place of telling it anything.
  if (!seen.isJson) return "an event that is not JSON";
  const isTold = seen.error !== undefined || seen.end === "broken";
  if (!isTold) return "a failed stream that looks whole";
  return seen.end === "done" ? "[DONE] behind a failure" : undefined;
}

function findInventedFailure(truth: Seen, seen: Seen): string | undefined {
  if (seen.status !== truth.status) return `status ${seen.status} in place of ${truth.status}`;
  if (seen.error !== undefined) return "an error in place of an answer";
  if (seen.end === "broken") return "a whole answer, broken off";
  return undefined;
}

function findChangedAnswer(truth: Seen, seen: Seen): string | undefined {
  if (seen.form !== truth.form) return `${seen.form} in place of ${truth.form}`;
  if (truth.isJson && !seen.isJson) return "an answer that is not JSON";
  if (!truth.isJson && seen.text !== truth.text) return "another body";
  const fields = new Set([...Object.keys(truth.words), ...Object.keys(seen.words)]);
  const changed = [...fields].find((field) => seen.words[field] !== truth.words[field]);
  if (changed !== undefined) {
    const [told, original] = differingParts(seen.words[changed] ?? "", truth.words[changed] ?? "");
    return `${changed} ${told} in place of ${original}`;
  }
  const hasEnd = seen.end === "done" || Object.keys(seen.words).some((key) => END_FIELDS.has(key));
  return truth.end === "done" && !hasEnd ? "a whole stream without an end" : undefined;
}

/** How much of two texts is shown where they differ. */
const SHOWN = 16;

/** Two texts in quotes, from shortly before where they begin to differ. */
function differingParts(one: string, other: string): [string, string] {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const start = at <= SHOWN / 2 ? 0 : at - SHOWN / 2;
  const part = (text: string) => {
    if (text === "") return "nothing";
    const shown = text.slice(start, start + SHOWN);
    const end = text.length > start + SHOWN ? "…" : "";
    return JSON.stringify(`${start > 0 ? "…" : ""}${shown}${end}`);
  };
  return [part(one), part(other)];
}
