import OpenAI from "openai";
import { KEY, PROMPT, run, TOOL, TOOL_PROMPT } from "./run.mjs";

const connect = (baseURL) => new OpenAI({ baseURL, apiKey: KEY, logLevel: "off" });
const ask = (content) => ({ messages: [{ role: "user", content }] });

await run(
  {
    async plain(url, model, say) {
      const answer = await connect(url).chat.completions.create({ model, ...ask(PROMPT) });
      say(answer.choices[0].message.content);
    },
    async stream(url, model, say) {
      const question = { model, ...ask(PROMPT), stream: true };
      for await (const chunk of await connect(url).chat.completions.create(question)) {
        say(chunk.choices[0]?.delta.content);
      }
    },
    async tools(url, model, say) {
      const question = { model, ...ask(TOOL_PROMPT), tools: [TOOL] };
      const answer = await connect(url).chat.completions.stream(question).finalChatCompletion();
      say(JSON.stringify(answer.choices[0].message.tool_calls[0].function));
    },
  },
  (error) => error instanceof OpenAI.OpenAIError,
);
