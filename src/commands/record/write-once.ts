import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Never an existing file, and never where a link points (open(2)). */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Why a file may not be created; undefined where it may. */
export function findObstacle(file: string): string | undefined {
  const folder = dirname(file);
  const kind = kindOf(folder);
  if (kind === "link") return `${folder} is a link, which is not followed; --folder takes another`;
  if (kind === "file") return `${folder} is no folder; --folder takes another`;
  const isThere = kindOf(file) !== undefined;
  return isThere ? `${file} exists already; --name takes another name` : undefined;
}

/**
 * Creates a file that only its owner may read, with its folders. Throws where it cannot be had; then
 * no folder is left that was not there before.
 */
export function writeOnce(file: string, text: string): void {
  const folder = dirname(file);
  const firstMade = mkdirSync(folder, { recursive: true });
  try {
    const descriptor = openSync(file, CREATE, 0o600);
    try {
      writeSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (firstMade !== undefined) removeEmpty(folder, firstMade);
    throw error;
  }
}

function removeEmpty(folder: string, last: string): void {
  for (let path = folder; path.startsWith(last); path = dirname(path)) rmdirSync(path);
}

function kindOf(path: string): "file" | "folder" | "link" | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) return "link";
  return stat.isDirectory() ? "folder" : "file";
}
