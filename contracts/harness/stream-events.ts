/** An event of an event stream with this data. */
export const eventOf = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

/** An event with a piece of text. */
export const textEvent = (content: string): string =>
  eventOf({ choices: [{ index: 0, delta: { content } }] });

/** An event that decides nothing. */
export const ROLE = eventOf({ choices: [{ index: 0, delta: { role: "assistant" } }] });
export const FINISH = eventOf({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
export const DONE = "data: [DONE]\n\n";
export const COMMENT = ": OPENROUTER PROCESSING\n\n";

/** What goes out where upstream sent nothing but comments. */
export const BLANK = " \n\n";

/** A healthy plain answer. */
export const ANSWER = JSON.stringify({
  id: "gen-1",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
});

/** A failure as OpenRouter words it. */
export const FAILURE = { error: { code: 429, message: "Slow down" } };

/** Reads a stream bit by bit. */
export interface StreamReader {
  /** All that was read, once it ends with this text. */
  readUpTo(end: string): Promise<string>;
  /** All that was read, at the end of the stream. Rejects where it was cut. */
  readAll(): Promise<string>;
  /** All that was read, where the connection broke off; rejects where the stream ended cleanly. */
  readToBreak(): Promise<string>;
}

/** Opens a response's body for reading. */
export function readerOf(response: Response): StreamReader {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";

  async function readUntil(isEnough: () => boolean): Promise<string> {
    while (!isEnough()) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) break;
      text += value;
    }
    return text;
  }
  return {
    async readUpTo(end) {
      await readUntil(() => text.endsWith(end));
      if (!text.endsWith(end)) throw new Error(`The stream ended: ${text}`);
      return text;
    },
    readAll: () => readUntil(() => false),
    async readToBreak() {
      const end = await readUntil(() => false).catch(() => undefined);
      if (end !== undefined) throw new Error(`The stream ended cleanly: ${end}`);
      return text;
    },
  };
}

/** The error that stands in the last event of a stream; throws where that holds none. */
export function lastError(text: string): { message: string; type: string; code: string | null } {
  const data = /data: (\{.*\})\n\n$/.exec(text)?.[1];
  const value = data === undefined ? undefined : JSON.parse(data);
  if (value?.error === undefined) throw new Error(`No error at the end of ${text}`);
  return value.error;
}
