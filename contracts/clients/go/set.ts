import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ClientSet, SetClient } from "../client-set.ts";
import { installFrozen } from "../install.ts";

/** The folders of the clients here, and whose program they are built from. */
const PROGRAMS: Record<string, string> = {
  "openai-go": "openai-go",
  "openai-go-3.37": "openai-go",
  "go-openai": "go-openai",
  langchaingo: "langchaingo",
  eino: "eino",
  fantasy: "fantasy",
};

/** The clients of Go, each a module of its own. */
export const set: ClientSet = {
  name: "go",
  toolchain: { program: "go", missing: "Install Go 1.26 or newer, https://go.dev/dl." },
  async install(folder) {
    for (const [name, program] of Object.entries(PROGRAMS)) await build(folder, name, program);
  },
  clients: [
    client("openai-go", "3.99.0", "`option.WithMaxRetries(0)` for one request only."),
    client("openai-go-3.37", "3.37.0", "`option.WithMaxRetries(0)`; 3.43 or newer, for comments."),
    client("go-openai", "1.43.0", "It never tries again."),
    client("langchaingo", "0.1.14", "It never tries again, and reads no error in a stream."),
    client("eino", "0.1.7", "It never tries again."),
    client("fantasy", "0.41.2", "`fantasy.WithMaxRetries(0)`; its waits are 5, 10 and 20 s."),
  ],
  notes: `fantasy obeys \`Retry-After\` by chance only: it adds lower-case names to the map of header fields
that it is walking through, and Go leaves open whether it meets them again. langchaingo reads no error
in a stream: its user sees one only as \`StopReason\` \`error\`, which counts as told here.`,
};

function client(name: string, version: string, advice: string): SetClient {
  return {
    name,
    version,
    endpoint: "chat",
    kinds: ["plain", "stream", "tools"],
    paths: ["/v1"],
    command: (folder) => [join(folder, "bin", name)],
    advice,
  };
}

/** Go builds anew only what has changed. */
async function build(folder: string, name: string, program: string): Promise<void> {
  const place = join(folder, name);
  await mkdir(place, { recursive: true });
  for (const file of ["run.go", `${program}/client.go`, `${name}/go.mod`, `${name}/go.sum`]) {
    await cp(join(import.meta.dir, file), join(place, file.split("/").at(-1) ?? file));
  }
  const words = ["go", "build", "-mod=readonly", "-o", join(folder, "bin", name), "."];
  await installFrozen(words, place, { GOWORK: "off" });
}
