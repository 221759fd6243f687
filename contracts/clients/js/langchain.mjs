import { ChatOpenAI } from "@langchain/openai";
import { ChatOpenRouter, OpenRouterError } from "@langchain/openrouter";
import { OpenAIError } from "openai";
import { KEY, PROMPT, run, TOOL, TOOL_PROMPT } from "./run.mjs";

const MODELS = {
  openai: (baseURL, model) => new ChatOpenAI({ model, apiKey: KEY, configuration: { baseURL } }),
  openrouter: (baseURL, model) => new ChatOpenRouter({ model, apiKey: KEY, baseURL }),
};
const connect = MODELS[process.argv[2]];

await run(
  {
    plain: async (url, model, say) => say((await connect(url, model).invoke(PROMPT)).text),
    async stream(url, model, say) {
      for await (const chunk of await connect(url, model).stream(PROMPT)) {
        say(chunk.text);
        // `@langchain/openrouter` reads no error in a stream: this is all that its user can see of one.
        const { finish_reason } = chunk.response_metadata;
        if (finish_reason === "error") throw { message: "finish_reason is error" };
      }
    },
    async tools(url, model, say) {
      let whole;
      const asked = connect(url, model).bindTools([TOOL]);
      for await (const chunk of await asked.stream(TOOL_PROMPT)) {
        whole = whole === undefined ? chunk : whole.concat(chunk);
      }
      say(JSON.stringify(whole.tool_calls));
    },
  },
  (error) =>
    error instanceof OpenAIError || OpenRouterError.isInstance(error) || !(error instanceof Error),
);
