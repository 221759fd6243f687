import { ChatOpenAI } from "@langchain/openai";
import { truthfulFetch } from "candor/fetch";

const model = new ChatOpenAI({
  model: "openai/gpt-4o-mini",
  apiKey: process.env["OPENROUTER_API_KEY"] ?? "",
  configuration: { baseURL: "https://openrouter.ai/api/v1", fetch: truthfulFetch() },
});
const message = await model.invoke("Hello");
console.log(message.text);
