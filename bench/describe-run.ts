import { cpus, loadavg, release, totalmem } from "node:os";

/** When and where a command ran, and what else did. */
export interface RunPlace {
  date: string;
  machine: string;
  /** The load average before and after, which says what else ran. */
  loadAverages: number[];
  minutes: number;
}

/** Notes when a command begins; what comes back tells, at its end, when and where it ran. */
export function noteRun(): () => RunPlace {
  const startedAt = Date.now();
  const before = readLoadAverage();
  return () => ({
    date: new Date(startedAt).toISOString().slice(0, 16).replace("T", " "),
    machine: describeMachine(),
    loadAverages: [before, readLoadAverage()],
    minutes: (Date.now() - startedAt) / 60_000,
  });
}

/** A command, and in parentheses when and where it ran, with Candor's version where it is given. */
export function describeRun(command: string, place: RunPlace, version?: string): string {
  const [before, after] = place.loadAverages.map((average) => average.toFixed(1));
  const where = [
    `${place.date} UTC`,
    `${place.minutes.toFixed(1)} minutes`,
    ...(version === undefined ? [] : [`Candor ${version}`]),
    place.machine,
  ];
  return `\`${command}\` (${where.join(", ")}; load average ${before} before, ${after} after)`;
}

function readLoadAverage(): number {
  return loadavg()[0] ?? Number.NaN;
}

function describeMachine(): string {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${processor?.model}, ${memory} GB, Linux ${release()}`;
}
