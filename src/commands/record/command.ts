import { type Command, refused, WRONG_CALL } from "../command.ts";
import { describeConnection } from "../connection-problem.ts";
import { printableLine } from "../printable.ts";
import { RECORD_FLAGS } from "./options.ts";
import { record } from "./record.ts";

/** Performs one real exchange and keeps it as a fixture. */
export const recordCommand: Command = {
  name: "record",
  summary: "perform one real exchange and keep it as a fixture",
  flags: RECORD_FLAGS,
  help: `Performs one real exchange with OpenRouter, and writes it as a fixture without keys and account ids.

Usage:
  candor record --model MODEL [--endpoint NAME] [--stream] "prompt"
  candor record --path /models [--body JSON]

  --model MODEL     the model to ask
  --endpoint NAME   which endpoint to ask, by default chat-completions:
                    ${RECORD_FLAGS.endpoint.values.join(", ")}
  --stream          asks for an event stream
  --path PATH       asks any other path below the base URL: with GET, or with POST where there is a
  --body JSON       body
  --name NAME       the name of the fixture, by default after the model or the path
  --folder FOLDER   where fixtures lie, by default fixtures

It takes OPENROUTER_API_KEY and OPENROUTER_BASE_URL from the environment. The exchange may cost money.
A file that exists is never overwritten.
`,
  async run(words, { environment, send, version }) {
    try {
      const recorded = await record(environment, words, send, version);
      if ("problems" in recorded) return refused(recorded.problems);
      return { text: printableLine(recorded.path), exitCode: 0 };
    } catch (error) {
      // A file's error has a path; all else is the connection's.
      const isFile = error instanceof Error && "syscall" in error && "path" in error;
      const base = environment["OPENROUTER_BASE_URL"] ?? "https://openrouter.ai";
      if (isFile) throw error;
      return { problems: [describeConnection(error, base).words], exitCode: WRONG_CALL };
    }
  },
};
