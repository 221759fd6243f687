import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { generateText, type LanguageModel, streamText } from "ai";
import { API_KEY, type Client, MODEL, PROMPT } from "./client.ts";

/** Vercel's AI SDK, with OpenRouter's provider and with the one for whatever speaks OpenAI's form. */
export const aiClients: Client[] = [
  createClient("@openrouter/ai-sdk-provider", (baseURL) =>
    createOpenRouter({ baseURL, apiKey: API_KEY })(MODEL),
  ),
  createClient("@ai-sdk/openai-compatible", (baseURL) =>
    createOpenAICompatible({ name: "openrouter", baseURL, apiKey: API_KEY })(MODEL),
  ),
];

function createClient(provider: string, modelAt: (baseUrl: string) => LanguageModel): Client {
  return {
    packages: ["ai", provider],
    endpoint: "chat-completions",
    async ask(baseUrl, reading) {
      const { text, content, finishReason, usage, providerMetadata } = await generateText({
        model: modelAt(baseUrl),
        prompt: PROMPT,
      });
      reading.pieces.push({ content, finishReason, usage, providerMetadata });
      reading.text = text;
    },
    async stream(baseUrl, reading) {
      // Without `onError` the SDK would print what it reports.
      const question = { model: modelAt(baseUrl), prompt: PROMPT, onError: () => {} };
      for await (const part of streamText(question).fullStream) {
        // It does not throw what ends a stream: a part says it.
        if (part.type === "error") throw part.error;
        if (part.type === "text-delta") reading.text += part.text;
        // Other parts hold times and header fields.
        if (part.type === "text-delta" || part.type === "finish") reading.pieces.push(part);
      }
    },
  };
}
