import { OpenRouter } from "@openrouter/sdk";
import type { ChatRequest } from "@openrouter/sdk/models";
import { API_KEY, type Client, MODEL, PROMPT } from "./client.ts";

const QUESTION: ChatRequest = { model: MODEL, messages: [{ role: "user", content: PROMPT }] };

/** OpenRouter's own SDK. */
export const openrouter: Client = {
  packages: ["@openrouter/sdk"],
  endpoint: "chat-completions",
  async ask(baseUrl, reading) {
    const result = await connect(baseUrl).chat.send({ chatRequest: QUESTION });
    // Its types leave open which of the two comes.
    if (result instanceof ReadableStream) throw new Error("A plain answer was asked for.");
    reading.pieces.push(result);
    const content = result.choices[0]?.message.content;
    reading.text = typeof content === "string" ? content : "";
  },
  async stream(baseUrl, reading) {
    const result = await connect(baseUrl).chat.send({ chatRequest: { ...QUESTION, stream: true } });
    if (!(result instanceof ReadableStream)) throw new Error("A stream was asked for.");
    for await (const chunk of result) {
      // It does not throw what ends a stream: its users have to look for it, as
      // https://openrouter.ai/docs/api_reference/streaming shows.
      if (chunk.error !== undefined) throw chunk.error;
      reading.pieces.push(chunk);
      reading.text += chunk.choices[0]?.delta.content ?? "";
    }
  },
};

function connect(serverURL: string): OpenRouter {
  return new OpenRouter({ serverURL, apiKey: API_KEY });
}
