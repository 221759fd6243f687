import Anthropic from "@anthropic-ai/sdk";
import { truthfulFetch } from "candor/fetch";

const client = new Anthropic({
  baseURL: "https://openrouter.ai/api",
  apiKey: process.env["OPENROUTER_API_KEY"],
  fetch: truthfulFetch(),
});
const message = await client.messages.create({
  model: "anthropic/claude-sonnet-4.5",
  max_tokens: 1024,
  messages: [{ role: "user", content: "Hello" }],
});
console.log(message.content[0]?.type === "text" && message.content[0].text);
