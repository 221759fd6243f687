import { ChatOpenAI } from "@langchain/openai";
import { API_KEY, type Client, MODEL, PROMPT } from "./client.ts";

/** LangChain's chat model for whatever speaks OpenAI's form. */
export const langchain: Client = {
  packages: ["@langchain/openai"],
  endpoint: "chat-completions",
  async ask(baseUrl, reading) {
    const message = await connect(baseUrl).invoke(PROMPT);
    reading.pieces.push(message.toDict());
    reading.text = message.text;
  },
  async stream(baseUrl, reading) {
    for await (const chunk of await connect(baseUrl).stream(PROMPT)) {
      reading.pieces.push(chunk.toDict());
      reading.text += chunk.text;
    }
  },
};

function connect(baseURL: string): ChatOpenAI {
  return new ChatOpenAI({ model: MODEL, apiKey: API_KEY, configuration: { baseURL } });
}
