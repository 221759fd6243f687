/**
 * The load generator, in a process of its own: `load.ts URL WORKLOAD REQUESTS CONCURRENCY`. Keeps
 * so many requests under way until all are answered, compares every answer with what upstream
 * sent, and prints what it saw.
 */
import { expectedAnswer, requestBody, requestHeaders, type Workload } from "./workloads.ts";

/** What a run of the load generator saw. */
export interface LoadResult {
  errors: number;
  ms: number;
}

if (import.meta.main) {
  const [url = "", workload = "", requests = "", concurrency = ""] = Bun.argv.slice(2);
  if (!isWorkload(workload)) throw new Error(`There is no workload "${workload}".`);
  const result = await run(url, workload, Number(requests), Number(concurrency));
  console.log(JSON.stringify(result));
}

async function run(
  url: string,
  workload: Workload,
  requests: number,
  concurrency: number,
): Promise<LoadResult> {
  const expected = expectedAnswer(workload);
  const init = {
    method: "POST",
    headers: requestHeaders(workload),
    body: requestBody(workload),
    timeout: false,
  };
  let begun = 0;
  let errors = 0;
  async function askInTurn(): Promise<void> {
    while (begun++ < requests) {
      const answer = await ask(url, init).catch(String);
      if (answer !== expected) errors++;
    }
  }
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, askInTurn));
  return { errors, ms: performance.now() - startedAt };
}

async function ask(url: string, init: BunFetchRequestInit): Promise<string> {
  const response = await fetch(url, init);
  return response.status === 200 ? response.text() : `status ${response.status}`;
}

function isWorkload(word: string): word is Workload {
  return ["plain", "events", "comments", "flood"].includes(word);
}
