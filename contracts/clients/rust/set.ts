import type { ClientSet, SetClient } from "../client-set.ts";

/** The clients of Rust: one cargo workspace, a program for each, at the versions of its lock file. */
export const set: ClientSet = {
  name: "rust",
  toolchain: {
    program: "cargo",
    missing: "Cargo with Rust 1.95 or newer is missing (https://rustup.rs).",
  },
  async install(folder) {
    const words = ["cargo", "build", "--locked", "--quiet", "--target-dir", folder];
    const { exitCode, stderr } = Bun.spawnSync(words, { cwd: import.meta.dir });
    if (exitCode !== 0) throw new Error(`Cargo could not build the programs:\n${stderr}`);
  },
  clients: [
    client("async-openai", "0.43.0"),
    client("rig-core", "0.44.0"),
    client("genai", "0.7.2"),
    client("openrouter-rs", "0.23.0"),
    client("llm", "1.3.8", "In Candor `BREAK_STREAMS=failed`: it reads no error in a stream."),
  ],
  notes: `llm reads no error in a stream, whoever sends it. With \`BREAK_STREAMS=failed\` the connection
breaks behind it, and llm returns an error (4 of 4 failures).

async-openai cannot read an error whose \`code\` is a number, which is why it asks only once straight,
and by \`/api/v1\`. By \`/v1\` it reads the error, and tries every 429 four times, a daily limit too, as
it does with OpenAI itself: it reads no \`x-should-retry\`, only the type \`insufficient_quota\`
(middleware/retry/openai.rs), and says of itself nothing by which Candor could know it.`,
};

/** A client by the name of its crate, which is its program's name too. */
function client(name: string, version: string, advice?: string): SetClient {
  return {
    ...(advice !== undefined && { advice }),
    name,
    version,
    endpoint: "chat",
    kinds: ["plain", "stream", "tools"],
    paths: ["/v1", "/api/v1"],
    command: (folder) => [`${folder}/debug/${name}`],
  };
}
