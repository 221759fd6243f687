import { expect, test } from "bun:test";
import { commitByLimit } from "./early-commit.ts";

const LATE = { error: { message: "Slow down", code: "rate_limit_exceeded" } };

/** An answer that comes when it is told to. */
function lateAnswer(keepAliveMs = 60_000) {
  const { promise, resolve } = Promise.withResolvers<Response>();
  let commits = 0;
  const onCommit = () => (commits += 1);
  const response = commitByLimit(promise, { untilMs: 10, keepAliveMs, onCommit });
  return { resolve, response, commits: () => commits };
}

test("an answer in time is passed on as it is", async () => {
  const answer = new Response("x", { status: 429 });
  const response = await commitByLimit(Promise.resolve(answer), {
    untilMs: 1000,
    keepAliveMs: 1000,
    onCommit: () => {},
  });
  expect(response).toBe(answer);
});

test("a late answer comes behind white space, under a 200 that went out at the limit", async () => {
  const { resolve, response, commits } = lateAnswer();
  const committed = await response;
  expect([committed.status, committed.headers.get("content-type")]).toEqual([
    200,
    "application/json",
  ]);
  expect(commits()).toBe(1);
  resolve(new Response('{"choices":[1.0]}'));
  expect(await committed.text()).toMatch(/^ +\{"choices":\[1\.0\]\}$/);
});

test("a late failure is told in the body, with its status", async () => {
  const { resolve, response } = lateAnswer();
  const committed = await response;
  resolve(Response.json(LATE, { status: 429 }));
  expect(await committed.json()).toEqual({ error: { ...LATE.error, status: 429 } });
});

test("white space goes on until the answer comes, so that no proxy takes it for dead", async () => {
  const { resolve, response } = lateAnswer(5);
  const body = (await response).text();
  setTimeout(() => resolve(new Response('{"choices":[]}')), 100);
  expect(await body).toMatch(/^ {3,}\{"choices":\[\]\}$/);
});
