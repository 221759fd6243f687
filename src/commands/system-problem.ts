/** What the system's refusal means, in a sentence with what to do; undefined for a bug of ours. */
export function describeSystemError(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code, message } = error;
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  switch (code) {
    case "EADDRINUSE":
      return `${message.replace(/: nothing can listen there.*$/s, "")}: the port is taken; stop what listens there, or take another with --port (0 takes any free one)`;
    case "EACCES":
      return `${message}: not allowed; ports below 1024, and files of others, need more rights`;
    case "ENOENT":
      return path === undefined ? message : `${path}: there is no such file or folder`;
    case "ENOSPC":
      return `${message}: the disk is full`;
    default:
      return message;
  }
}
