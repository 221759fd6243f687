import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SetClient } from "./client-set.ts";
import { keepTrials } from "./kept-trials.ts";
import type { Trial } from "./matrix.ts";
import type { Seen } from "./seen.ts";
import { SITUATIONS } from "./situations.ts";

const [plain, stream] = SITUATIONS;
const first = client("first");
const clients = [first, client("second")];

test("trials of several runs with one binary add up, the newest in place of older ones", async () => {
  await using folder = await emptyFolder();
  const { file, binary } = folder;
  await Bun.write(binary, "one");
  await keepTrials(file, binary, clients, [
    trialOf(clients[1], plain, 1),
    trialOf(first, stream, 1),
  ]);
  const all = await keepTrials(file, binary, clients, [trialOf(first, stream, 6)]);
  expect(all).toEqual([trialOf(first, stream, 6), trialOf(clients[1], plain, 1)]);
});

test("trials with another binary, or of another version of a client, are forgotten", async () => {
  await using folder = await emptyFolder();
  const { file, binary } = folder;
  await Bun.write(binary, "one");
  await keepTrials(file, binary, clients, [trialOf(first, plain, 1)]);
  const newer = [{ ...first, version: "2.0.0" }];
  const byNewer = [trialOf(newer[0], stream, 1)];
  expect(await keepTrials(file, binary, newer, byNewer)).toEqual(byNewer);
  await Bun.write(binary, "two");
  expect(await keepTrials(file, binary, newer, byNewer)).toEqual(byNewer);
});

function trialOf(
  one: SetClient | undefined,
  situation: Trial["situation"] | undefined,
  requests: number,
): Trial {
  if (one === undefined || situation === undefined) throw new Error("There is no such trial.");
  const seen: Seen = {
    text: "Hel",
    outcome: "error",
    class: "APIError",
    status: undefined,
    message: "gone",
    crash: false,
    requests,
    seconds: 0.5,
  };
  return { client: one, situation, seen: { straight: seen, "/v1": { ...seen, status: 502 } } };
}

function client(name: string): SetClient {
  return {
    name,
    version: "1.0.0",
    endpoint: "chat",
    kinds: ["plain", "stream"],
    paths: ["/v1"],
    command: () => [],
  };
}

async function emptyFolder() {
  const path = await mkdtemp(join(tmpdir(), "candor-kept-"));
  return {
    file: join(path, "trials.json"),
    binary: join(path, "binary"),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}
