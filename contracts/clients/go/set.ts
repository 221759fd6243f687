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
    client("openai-go", "3.99.0"),
    client("openai-go-3.37", "3.37.0"),
    client("go-openai", "1.43.0"),
    client("langchaingo", "0.1.14"),
    client("eino", "0.1.7"),
    client("fantasy", "0.41.2"),
  ],
};

function client(name: string, version: string): SetClient {
  return {
    name,
    version,
    endpoint: "chat",
    kinds: ["plain", "stream", "tools"],
    paths: ["/v1"],
    command: (folder) => [join(folder, "bin", name)],
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
