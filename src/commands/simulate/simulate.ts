import { parseFlags, SWITCH, TEXT } from "../../config/flags.ts";
import { problemsOf } from "../command.ts";
import { type Asked, SIMULATOR_PORT, startFixtureUpstream } from "./fixture-upstream.ts";
import { readPort } from "./port.ts";

/** How `candor simulate` is called. */
export const SIMULATE_USAGE =
  "candor simulate [--host HOST] [--port PORT] [--timed] [--default MODEL] [--quiet]";

/** What may be given to `candor simulate`. */
export const SIMULATE_FLAGS = {
  host: TEXT,
  port: TEXT,
  timed: SWITCH,
  default: TEXT,
  quiet: SWITCH,
};

/**
 * Starts the embedded upstream as a program of its own, or says what is wrong with the call.
 * `onAsked` is told of every request.
 */
export function startSimulate(
  words: string[],
  onAsked: (asked: Asked) => void = () => {},
): { url: string; stop: () => Promise<void> } | { problems: string[] } {
  const call = readCall(words);
  if ("problems" in call) return call;
  const { host, port, timed, defaultModel, isQuiet } = call;
  try {
    return startFixtureUpstream({
      host,
      port,
      timed,
      forgetsRequests: true,
      ...(!isQuiet && { onAsked }),
      ...(defaultModel !== undefined && { defaultModel }),
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") return { problems: [`port ${port} is taken; --port takes another`] };
    return { problems: [`nothing can listen on ${host}, port ${port} (${String(code ?? error)})`] };
  }
}

function readCall(words: string[]) {
  try {
    const { values, positionals } = parseFlags(words, SIMULATE_FLAGS);
    if (positionals.length > 0) throw new Error(`"${positionals[0]}" belongs to no flag`);
    return {
      host: values.host ?? "127.0.0.1",
      port: readPort(values.port ?? String(SIMULATOR_PORT)),
      timed: values.timed ?? false,
      defaultModel: values.default,
      isQuiet: values.quiet ?? false,
    };
  } catch (error) {
    return problemsOf(error, SIMULATE_USAGE);
  }
}
