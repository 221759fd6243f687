import OpenAI from "openai";
import { KEY, PROMPT, run, TOOL, TOOL_PROMPT } from "./run.mjs";

const connect = (baseURL) => new OpenAI({ baseURL, apiKey: KEY, logLevel: "off" });
const tools = [{ type: "function", strict: false, ...TOOL.function }];

await run(
  {
    async plain(url, model, say) {
      say((await connect(url).responses.create({ model, input: PROMPT })).output_text);
    },
    async stream(url, model, say) {
      const question = { model, input: PROMPT, stream: true };
      for await (const event of await connect(url).responses.create(question)) {
        if (event.type === "response.output_text.delta") say(event.delta);
        // The SDK does not throw these: its users have to look for them.
        if (event.type === "response.failed") throw event.response.error;
        if (event.type === "error") throw event;
      }
    },
    async tools(url, model, say) {
      const answer = await connect(url)
        .responses.stream({ model, input: TOOL_PROMPT, tools })
        .finalResponse();
      const [{ name, arguments: words }] = answer.output;
      say(`${name} ${words}`);
    },
  },
  (error) => error instanceof OpenAI.OpenAIError || !(error instanceof Error),
);
