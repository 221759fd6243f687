import { createInterface } from "node:readline";

/** What all are asked. */
export const PROMPT = "Hello";
export const TOOL_PROMPT = "What is the weather in Paris?";
export const KEY = process.env.OPENROUTER_API_KEY;

/** The tool, in OpenAI's words. */
export const TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

/**
 * Answers each line `BASE_URL MODEL KIND` with one line of JSON. Every kind is a function of
 * `(baseUrl, model, say)`, where `say` takes pieces of text; it throws as the client does.
 * `isOwn` tells the client's own errors from crashes.
 */
export async function run(kinds, isOwn) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [baseUrl, model, kind] = line.split(" ");
    const said = [];
    let report = { outcome: "answer", class: "", status: null, message: "", crash: false };
    try {
      await kinds[kind](baseUrl, model, (piece) => said.push(piece ?? ""));
    } catch (error) {
      report = describe(error, isOwn);
    }
    console.log(JSON.stringify({ text: said.join(""), ...report }));
  }
}

function describe(error, isOwn) {
  // The AI SDK's word after its last retry; what failed then stands inside.
  const cause = error?.lastError ?? error;
  const status = cause?.status ?? cause?.statusCode ?? cause?.httpMeta?.response?.status;
  return {
    outcome: "error",
    class: cause instanceof Error ? cause.constructor.name : "error object",
    status: typeof status === "number" ? status : null,
    message: String(cause?.message ?? JSON.stringify(cause)),
    crash: !isOwn(cause),
  };
}
