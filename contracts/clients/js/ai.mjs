import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { APICallError, generateText, jsonSchema, streamText } from "ai";
import { KEY, PROMPT, run, TOOL, TOOL_PROMPT } from "./run.mjs";

const PROVIDERS = {
  openrouter: (baseURL) => createOpenRouter({ baseURL, apiKey: KEY }),
  compatible: (baseURL) => createOpenAICompatible({ name: "openrouter", baseURL, apiKey: KEY }),
};
const provide = PROVIDERS[process.argv[2]];
const { name, description, parameters } = TOOL.function;
const tools = { [name]: { description, inputSchema: jsonSchema(parameters) } };

/** It does not throw what ends a stream: a part says it. */
async function read(question, say) {
  for await (const part of streamText({ ...question, onError: () => {} }).fullStream) {
    if (part.type === "error") throw part.error;
    if (part.type === "text-delta") say(part.text);
    if (part.type === "tool-call") say(JSON.stringify(part.input));
  }
}

await run(
  {
    plain: async (url, model, say) =>
      say((await generateText({ model: provide(url)(model), prompt: PROMPT })).text),
    stream: (url, model, say) => read({ model: provide(url)(model), prompt: PROMPT }, say),
    tools: (url, model, say) =>
      read({ model: provide(url)(model), prompt: TOOL_PROMPT, tools }, say),
  },
  // An error in band is passed on as it came: as an object, or as an error with these words.
  (error) =>
    APICallError.isInstance(error) || error?.name?.startsWith("AI_") || !(error instanceof Error),
);
