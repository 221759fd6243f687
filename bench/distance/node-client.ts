/**
 * The Node SDK as a client: `node-client.js TURNS BASE_URL...` asks each address in turn, and prints
 * a line of milliseconds up to the first token for each turn.
 */
import OpenAI from "openai";
import { MODEL } from "../chat-answers.ts";

const [turns, ...baseUrls] = process.argv.slice(2);
const clients = baseUrls.map((baseURL) => {
  return new OpenAI({ baseURL, apiKey: "bench", maxRetries: 0 });
});
for (let turn = 0; turn < Number(turns); turn++) {
  const took: number[] = [];
  for (const client of clients) took.push(await firstTokenMs(client));
  console.log(took.join(" "));
}

async function firstTokenMs(client: OpenAI): Promise<number> {
  const askedAt = performance.now();
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content: "What is a proxy?" }],
    stream: true,
  });
  let tookMs: number | undefined;
  for await (const { choices } of stream) {
    if (choices[0]?.delta.content) tookMs ??= performance.now() - askedAt;
  }
  if (tookMs === undefined) throw new Error("The stream had no token.");
  return tookMs;
}
