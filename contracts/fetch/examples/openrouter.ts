import { HTTPClient, OpenRouter } from "@openrouter/sdk";
import { truthfulFetch } from "candor/fetch";

const client = new OpenRouter({
  serverURL: "https://openrouter.ai/api/v1",
  apiKey: process.env["OPENROUTER_API_KEY"] ?? "",
  httpClient: new HTTPClient({ fetcher: truthfulFetch() }),
});
const result = await client.chat.send({
  chatRequest: {
    model: "openai/gpt-4o-mini",
    messages: [{ role: "user", content: "Hello" }],
  },
});
console.log("choices" in result && result.choices[0]?.message.content);
