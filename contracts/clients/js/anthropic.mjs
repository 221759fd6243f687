import Anthropic, { AnthropicError } from "@anthropic-ai/sdk";
import { KEY, PROMPT, run, TOOL, TOOL_PROMPT } from "./run.mjs";

/** This SDK adds `/v1` itself. */
const connect = (url) =>
  new Anthropic({ baseURL: url.replace(/\/v1$/, ""), apiKey: KEY, logLevel: "off" });
const { name, description, parameters } = TOOL.function;
const ask = (content) => ({ max_tokens: 1024, messages: [{ role: "user", content }] });

await run(
  {
    async plain(url, model, say) {
      const answer = await connect(url).messages.create({ model, ...ask(PROMPT) });
      for (const block of answer.content) say(block.text);
    },
    async stream(url, model, say) {
      const question = { model, ...ask(PROMPT), stream: true };
      for await (const event of await connect(url).messages.create(question)) {
        if (event.type === "content_block_delta") say(event.delta.text);
      }
    },
    async tools(url, model, say) {
      const tools = [{ name, description, input_schema: parameters }];
      const question = { model, ...ask(TOOL_PROMPT), tools };
      const answer = await connect(url).messages.stream(question).finalMessage();
      say(JSON.stringify(answer.content[0]));
    },
  },
  (error) => error instanceof AnthropicError,
);
