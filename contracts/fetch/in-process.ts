import { truthfulFetch } from "../../src/fetch/truthful-fetch.ts";

/** Runs `run` with `truthfulFetch` in place of the global `fetch`, which SDKs use unless told. */
export async function inProcess<Result>(run: () => Promise<Result>): Promise<Result> {
  const plain = globalThis.fetch;
  globalThis.fetch = truthfulFetch({ fetch: plain });
  try {
    return await run();
  } finally {
    globalThis.fetch = plain;
  }
}
