import OpenAI from "openai";
import { API_KEY, type Client, MODEL, PROMPT } from "./client.ts";

const CHAT: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model: MODEL,
  messages: [{ role: "user", content: PROMPT }],
};
const QUESTION = { model: MODEL, input: PROMPT };

/** OpenAI's own SDK, at the endpoints that it and OpenRouter have in common. */
export const openaiClients: Client[] = [
  {
    packages: ["openai"],
    endpoint: "chat-completions",
    async ask(baseUrl, reading) {
      const completion = await connect(baseUrl).chat.completions.create(CHAT);
      reading.pieces.push(completion);
      reading.text = completion.choices[0]?.message.content ?? "";
    },
    async stream(baseUrl, reading) {
      const stream = await connect(baseUrl).chat.completions.create({ ...CHAT, stream: true });
      for await (const chunk of stream) {
        reading.pieces.push(chunk);
        reading.text += chunk.choices[0]?.delta.content ?? "";
      }
    },
  },
  {
    packages: ["openai"],
    endpoint: "responses",
    async ask(baseUrl, reading) {
      const response = await connect(baseUrl).responses.create(QUESTION);
      reading.pieces.push(response);
      reading.text = response.output_text;
    },
    async stream(baseUrl, reading) {
      const stream = await connect(baseUrl).responses.create({ ...QUESTION, stream: true });
      for await (const event of stream) {
        reading.pieces.push(event);
        if (event.type === "response.output_text.delta") reading.text += event.delta;
      }
    },
  },
  {
    packages: ["openai"],
    endpoint: "embeddings",
    async ask(baseUrl, reading) {
      const response = await connect(baseUrl).embeddings.create(QUESTION);
      reading.pieces.push(response);
      const [first] = response.data;
      reading.text = first?.embedding.map((number) => number.toFixed(1)).join(", ") ?? "";
    },
  },
];

function connect(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: API_KEY, logLevel: "off" });
}
