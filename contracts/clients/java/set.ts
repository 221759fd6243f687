import type { ClientSet, SetClient } from "../client-set.ts";

const SOURCES = import.meta.dir;

/** For those that read no error in a stream. */
const BREAK = "In Candor `BREAK_STREAMS=failed`: it reads no error in a stream.";

/** The clients of Java and Kotlin: a Maven module for each, since their libraries' versions clash. */
export const set: ClientSet = {
  name: "java",
  toolchain: {
    program: "mvn",
    missing: "Maven and a JDK of 17 or newer are missing (Debian: apt install maven default-jdk).",
  },
  async install(folder) {
    const stamp = Bun.file(`${folder}/built`);
    const sources = await hashOfSources();
    if ((await stamp.exists()) && (await stamp.text()) === sources) return;
    const words = ["mvn", "--quiet", "--batch-mode", "compile", `-Dcache=${folder}`];
    const { exitCode, stdout } = Bun.spawnSync(words, { cwd: SOURCES });
    if (exitCode !== 0) throw new Error(`Maven could not build the programs:\n${stdout}`);
    await stamp.write(sources);
  },
  clients: [
    client("openai-java", "4.101.0"),
    client(
      "spring-ai-1",
      "1.1.8",
      "`spring.ai.retry.max-attempts=3`: by default it tries a 5xx ten times, over many minutes.",
    ),
    client("spring-ai-2", "2.0.1"),
    client(
      "langchain4j",
      "1.19.0",
      `\`maxRetries(0)\`: it tries every 429 and 5xx three times, whatever the answer advises. ${BREAK}`,
    ),
    client(
      "openai-kotlin",
      "4.1.0",
      `\`RetryStrategy(maxDelay = 1.seconds)\`: by default it waits a minute before it tries a 429 again. ${BREAK}`,
    ),
    client(
      "simple-openai",
      "3.22.2",
      `\`RetryConfig\` with \`maxAttempts(1)\`: it tries every 429 and 5xx three times. ${BREAK}`,
    ),
  ],
  notes: `langchain4j, openai-kotlin and simple-openai read no error in a stream, whoever sends it. With
\`BREAK_STREAMS=failed\` the connection breaks behind it, and each of them throws (12 of 12 failures).`,
};

/** A client by the name of its module, whose class path Maven has written down. */
function client(name: string, version: string, advice?: string): SetClient {
  return {
    name,
    version,
    endpoint: "chat",
    kinds: ["plain", "stream", "tools"],
    paths: ["/v1", "/api/v1"],
    command: (folder) => [
      "sh",
      "-c",
      // Quick to start rather than quick in the long run.
      'exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$0/classes:$(cat "$0/classpath")" Program',
      `${folder}/${name}`,
    ],
    readsLines: true,
    ...(advice === undefined ? {} : { advice }),
  };
}

async function hashOfSources(): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const path of [...new Bun.Glob("**/*.{java,kt,xml}").scanSync(SOURCES)].toSorted()) {
    hasher.update(path).update(await Bun.file(`${SOURCES}/${path}`).bytes());
  }
  return hasher.digest("hex");
}
