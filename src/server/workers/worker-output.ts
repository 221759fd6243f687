import type { LineOutput } from "../../observe/line-writer.ts";

/**
 * Writes what workers write, whole lines at a time: of two processes that write into one pipe
 * themselves, long lines would be torn. A worker whose lines are not taken keeps and counts them.
 */
export async function relayLines(
  from: ReadableStream<Uint8Array>,
  output: LineOutput,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of from) {
    rest += decoder.decode(bytes, { stream: true });
    const end = rest.lastIndexOf("\n") + 1;
    if (end === 0) continue;
    await write(output, rest.slice(0, end));
    rest = rest.slice(end);
  }
  // A worker that was killed may have left half a line.
  if (rest !== "") await write(output, `${rest}\n`);
}

async function write(output: LineOutput, text: string): Promise<void> {
  try {
    await output.write(text);
    await output.flush();
  } catch {
    // Nobody reads: the workers must go on all the same.
  }
}
