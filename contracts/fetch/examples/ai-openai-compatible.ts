import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText } from "ai";
import { truthfulFetch } from "candor/fetch";

const openrouter = createOpenAICompatible({
  name: "openrouter",
  baseURL: "https://openrouter.ai/api/v1",
  apiKey: process.env["OPENROUTER_API_KEY"] ?? "",
  fetch: truthfulFetch(),
});
const { text } = await generateText({ model: openrouter("openai/gpt-4o-mini"), prompt: "Hello" });
console.log(text);
