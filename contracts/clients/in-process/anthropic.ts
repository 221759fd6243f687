import Anthropic from "@anthropic-ai/sdk";
import { API_KEY, type Client, MODEL, PROMPT } from "./client.ts";

const QUESTION: Anthropic.MessageCreateParamsNonStreaming = {
  model: MODEL,
  max_tokens: 1024,
  messages: [{ role: "user", content: PROMPT }],
};

/** Anthropic's own SDK. */
export const anthropic: Client = {
  packages: ["@anthropic-ai/sdk"],
  endpoint: "messages",
  async ask(baseUrl, reading) {
    const message = await connect(baseUrl).messages.create(QUESTION);
    reading.pieces.push(message);
    for (const block of message.content) if (block.type === "text") reading.text += block.text;
  },
  async stream(baseUrl, reading) {
    const stream = await connect(baseUrl).messages.create({ ...QUESTION, stream: true });
    for await (const event of stream) {
      reading.pieces.push(event);
      if (event.type !== "content_block_delta") continue;
      if (event.delta.type === "text_delta") reading.text += event.delta.text;
    }
  },
};

/** This SDK adds `/v1` itself. */
function connect(baseUrl: string): Anthropic {
  const baseURL = baseUrl.replace(/\/v1$/, "");
  return new Anthropic({ baseURL, apiKey: API_KEY, logLevel: "off" });
}
