import { loadavg } from "node:os";
import { describeMachine } from "./bench-run.ts";

/** Notes when a command begins; what comes back says when it ran, where, and what else did. */
export function describeRunOf(command: string): () => string {
  const startedAt = Date.now();
  const before = describeLoad();
  return () => {
    const date = new Date(startedAt).toISOString().slice(0, 16).replace("T", " ");
    const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
    return (
      `\`${command}\` (${date} UTC, ${minutes} minutes, ${describeMachine()}; load average ` +
      `${before} before, ${describeLoad()} after)`
    );
  };
}

function describeLoad(): string {
  return loadavg()[0]?.toFixed(1) ?? "unknown";
}
