import { OpenRouter } from "@openrouter/sdk";
import * as errors from "@openrouter/sdk/models/errors";
import { KEY, PROMPT, run, TOOL, TOOL_PROMPT } from "./run.mjs";

async function read(url, chatRequest, say) {
  const sdk = new OpenRouter({ serverURL: url, apiKey: KEY });
  const result = await sdk.chat.send({ chatRequest });
  if (chatRequest.stream !== true) return say(result.choices[0].message.content);
  for await (const chunk of result) {
    // It does not throw what ends a stream: its users have to look for it, as
    // https://openrouter.ai/docs/api_reference/streaming shows.
    if (chunk.error !== undefined) throw chunk.error;
    say(chunk.choices[0]?.delta.content);
    for (const call of chunk.choices[0]?.delta.toolCalls ?? []) say(call.function.arguments);
  }
}

const ask = (content) => [{ role: "user", content }];
await run(
  {
    plain: (url, model, say) => read(url, { model, messages: ask(PROMPT) }, say),
    stream: (url, model, say) => read(url, { model, messages: ask(PROMPT), stream: true }, say),
    tools: (url, model, say) =>
      read(url, { model, messages: ask(TOOL_PROMPT), tools: [TOOL], stream: true }, say),
  },
  (error) =>
    !(error instanceof errors.ResponseValidationError) &&
    (error instanceof errors.OpenRouterError ||
      error instanceof errors.HTTPClientError ||
      !(error instanceof Error)),
);
