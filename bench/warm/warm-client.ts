/**
 * A client that keeps its connections: `warm-client.ts REQUESTS ANSWER URL...` asks each URL in turn,
 * one request at a time, and prints the milliseconds of each turn as a line of JSON: to the end of a
 * plain answer, to the first bytes of a stream.
 */
import { type Answer, isStream, requestBody, requestHeaders } from "../answers.ts";

const [requests, answer, ...urls] = process.argv.slice(2);
const wish: Answer = answer === "short" ? "short" : "plain";
const init = { method: "POST", headers: requestHeaders(wish), body: requestBody(wish) };
const turns: number[][] = [];
for (let turn = 0; turn < Number(requests); turn++) {
  const took: number[] = [];
  for (const url of urls) took.push(await ask(url));
  turns.push(took);
}
console.log(JSON.stringify(turns));
process.exit(0);

async function ask(url: string): Promise<number> {
  const askedAt = performance.now();
  const response = await fetch(url, init);
  let tookMs: number | undefined;
  for await (const _ of response.body ?? []) {
    if (isStream(wish)) tookMs ??= performance.now() - askedAt;
  }
  return tookMs ?? performance.now() - askedAt;
}
