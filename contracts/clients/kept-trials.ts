import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { SetClient } from "./client-set.ts";
import type { Trial } from "./matrix.ts";
import { SITUATIONS } from "./situations.ts";

const Seen = Type.Object({
  text: Type.String(),
  outcome: Type.Union([Type.Literal("answer"), Type.Literal("error"), Type.Literal("none")]),
  class: Type.String(),
  status: Type.Union([Type.Number(), Type.Null()]),
  message: Type.String(),
  crash: Type.Boolean(),
  requests: Type.Number(),
  seconds: Type.Number(),
});

const Kept = Type.Object({
  /** The hash of the binary that all trials were made with. */
  binary: Type.String(),
  trials: Type.Array(
    Type.Object({
      client: Type.String(),
      version: Type.String(),
      situation: Type.String(),
      seen: Type.Partial(Type.Object({ straight: Seen, "/v1": Seen, "/api/v1": Seen })),
    }),
  ),
});

/**
 * Trials of a set that were made in several runs, with one and the same binary of Candor: those of
 * this run in the place of older ones, in the order of the page. They are kept in the file.
 */
export async function keepTrials(
  path: string,
  binary: string,
  clients: SetClient[],
  trials: Trial[],
): Promise<Trial[]> {
  const hash = new Bun.CryptoHasher("sha256").update(await Bun.file(binary).bytes()).digest("hex");
  const older = (await readKept(path, hash)).flatMap((one) => trialOf(one, clients));
  const isNew = ({ client, situation }: Trial) =>
    trials.some((one) => one.client === client && one.situation === situation);
  const all = [...older.filter((one) => !isNew(one)), ...trials].toSorted(
    (one, other) =>
      clients.indexOf(one.client) - clients.indexOf(other.client) ||
      SITUATIONS.indexOf(one.situation) - SITUATIONS.indexOf(other.situation),
  );
  await Bun.write(path, JSON.stringify({ binary: hash, trials: all.map(keptOf) }, undefined, 1));
  return all;
}

type KeptTrial = Static<typeof Kept>["trials"][number];

async function readKept(path: string, binary: string): Promise<KeptTrial[]> {
  const file = Bun.file(path);
  // None, or only the half of one, where the run before was interrupted.
  const value: unknown = await file.json().catch(() => undefined);
  return Value.Check(Kept, value) && value.binary === binary ? value.trials : [];
}

/** Nothing where the set has no such client, version or situation any more. */
function trialOf(
  { client: name, version, situation: title, seen }: KeptTrial,
  clients: SetClient[],
) {
  const client = clients.find((one) => one.name === name && one.version === version);
  const situation = SITUATIONS.find((one) => one.name === title);
  if (client === undefined || situation === undefined) return [];
  const trial: Trial = { client, situation, seen: {} };
  for (const way of ["straight", ...client.paths] as const) {
    const one = seen[way];
    if (one !== undefined) trial.seen[way] = { ...one, status: one.status ?? undefined };
  }
  return [trial];
}

function keptOf({ client, situation, seen }: Trial): KeptTrial {
  const kept: KeptTrial["seen"] = {};
  for (const way of ["straight", ...client.paths] as const) {
    const one = seen[way];
    if (one !== undefined) kept[way] = { ...one, status: one.status ?? null };
  }
  return { client: client.name, version: client.version, situation: situation.name, seen: kept };
}
