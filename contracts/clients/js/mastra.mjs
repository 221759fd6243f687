import { Agent } from "@mastra/core/agent";
import { createTool } from "@mastra/core/tools";
import { z } from "zod";
import { KEY, PROMPT, run, TOOL, TOOL_PROMPT } from "./run.mjs";

const { name: id, description } = TOOL.function;
const get_weather = createTool({
  id,
  description,
  inputSchema: z.object({ city: z.string() }),
  execute: async () => "Sunny in Paris",
});

function agentAt(url, modelId) {
  const model = { providerId: "openrouter", modelId, url, apiKey: KEY };
  return new Agent({
    id: "a",
    name: "a",
    instructions: "Be short.",
    model,
    tools: { get_weather },
  });
}

async function read(url, model, prompt, say) {
  const { fullStream } = await agentAt(url, model).stream(prompt);
  for await (const { type, payload } of fullStream) {
    if (type === "text-delta") say(payload.text);
    if (type === "error") throw payload.error;
  }
}

await run(
  {
    plain: async (url, model, say) => say((await agentAt(url, model).generate(PROMPT)).text),
    stream: (url, model, say) => read(url, model, PROMPT, say),
    tools: (url, model, say) => read(url, model, TOOL_PROMPT, say),
  },
  // What stands in band reaches its user as a plain `Error`.
  (error) => !["TypeError", "SyntaxError", "ZodError"].includes(error?.constructor?.name),
);
