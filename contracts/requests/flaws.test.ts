import { describe, expect, test } from "bun:test";
import { withCandor } from "../harness/candor.ts";

const OK = '"messages":[{"role":"user","content":"Hi"}]';

/** What is wrong with a body, in one sentence that names the field. */
const FLAWS: Record<string, [body: string, param: string | null, sentence: string][]> = {
  "/proxy": [
    ["[]", null, "The body has to be a JSON object."],
    ["null", null, "The body has to be a JSON object."],
    ["{}", "messages", "messages is required."],
    ['{"messages":[]}', "messages", "messages has to be an array of at least one message."],
    ['{"messages":"Hi"}', "messages", "messages has to be an array of at least one message."],
    ['{"messages":null}', "messages", "messages has to be an array of at least one message."],
    ['{"messages":["Hi"]}', "messages[0]", "messages[0] has to be an object with a role."],
    ['{"messages":[{}]}', "messages[0].role", "messages[0].role is required."],
    ['{"messages":[{"role":1}]}', "messages[0].role", "messages[0].role has to be a string."],
    [
      '{"messages":[{"role":"user"},{"role":"user","content":{}}]}',
      "messages[1].content",
      "messages[1].content has to be a string, an array of parts or null.",
    ],
    [
      '{"messages":[{"role":"user","content":["Hi"]}]}',
      "messages[0].content",
      "messages[0].content has to be a string, an array of parts or null.",
    ],
    ['{"prompt":1}', "prompt", "prompt has to be a string or an array."],
    [`{${OK},"stream":"yes"}`, "stream", "stream has to be true, false or null."],
    [`{${OK},"model":["a"]}`, "model", "model has to be a string."],
    [`{${OK},"models":"a"}`, "models", "models has to be an array of strings."],
    [`{${OK},"models":["a",2]}`, "models[1]", "models[1] has to be a string."],
    [`{${OK},"temperature":"1"}`, "temperature", "temperature has to be a finite number or null."],
    [`{${OK},"seed":1e999}`, "seed", "seed has to be a finite number or null."],
    [`{${OK},"max_tokens":true}`, "max_tokens", "max_tokens has to be a finite number or null."],
  ],
  "/v1/completions": [
    ["{}", "prompt", "prompt is required."],
    ['{"prompt":{}}', "prompt", "prompt has to be a string or an array."],
    ['{"prompt":"Hi","stream":1}', "stream", "stream has to be true, false or null."],
  ],
  "/v1/embeddings": [
    ["{}", "input", "input is required."],
    ['{"input":null}', "input", "input has to be a string or an array."],
    ['{"input":"a","model":1}', "model", "model has to be a string."],
    [
      '{"input":"a","dimensions":"8"}',
      "dimensions",
      "dimensions has to be a finite number or null.",
    ],
  ],
  "/v1/messages": [
    ["[]", null, "The body has to be a JSON object."],
    ["{}", "messages", "messages is required."],
    ['{"messages":[]}', "messages", "messages has to be an array of at least one message."],
    ['{"messages":[1]}', "messages[0]", "messages[0] has to be an object with a role."],
    ['{"messages":[{"role":"user"}]}', "messages[0].content", "messages[0].content is required."],
    [
      '{"messages":[{"role":"user","content":null}]}',
      "messages[0].content",
      "messages[0].content has to be a string or an array of content blocks.",
    ],
    [`{${OK},"stream":"no"}`, "stream", "stream has to be true, false or null."],
  ],
  "/v1/responses": [
    ["1", null, "The body has to be a JSON object."],
    ['{"input":7}', "input", "input has to be a string or an array of items."],
    ['{"input":["Hi"]}', "input", "input has to be a string or an array of items."],
    ['{"stream":0}', "stream", "stream has to be true, false or null."],
    [
      '{"max_output_tokens":"9"}',
      "max_output_tokens",
      "max_output_tokens has to be a finite number or null.",
    ],
  ],
};

describe("a flaw is told in one sentence", () => {
  const all = Object.entries(FLAWS).flatMap(([path, flaws]) =>
    flaws.map(([body, param, sentence]) => [path, body, param, sentence] as const),
  );
  test.each(all)("%s %s", async (path, body, param, sentence) => {
    await withCandor({}, async ({ url, received }) => {
      const headers = { "content-type": "application/json" };
      const response = await Bun.fetch(url + path, { method: "POST", headers, body });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: {
          message: `400 Bad Request: ${sentence}`,
          type: "invalid_request_error",
          ...(param !== null && { param }),
        },
      });
      expect(received).toEqual([]);
    });
  });
});
