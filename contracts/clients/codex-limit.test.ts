import { expect, test } from "bun:test";
import { type Candor, startCandor } from "../harness/candor.ts";
import { jsonAnswer } from "../harness/upstream-answers.ts";

const MESSAGE = "Rate limit exceeded: free-models-per-day";
const RESET = 4_102_444_800_000;
const daily = jsonAnswer(200, {
  error: {
    code: 429,
    message: MESSAGE,
    metadata: { headers: { "X-RateLimit-Reset": String(RESET) } },
  },
});

/** What Codex CLI asks with, logged in or not (contracts/requests/agents/codex.json). */
const CODEX = { originator: "codex_exec" };

test.each(["/v1", "/api/v1"])(
  "Codex CLI can show the cause of a daily limit, by %s",
  async (base) => {
    await using candor = startCandor({ answer: () => daily });
    const response = await ask(candor, base, CODEX);
    expect(response.status).toBe(429);
    expect(response.headers.get("x-codex-promo-message")).toBe(`Status 429: ${MESSAGE}`);
    // With a number in `code` it would read nothing of the body.
    expect(await response.json()).toMatchObject({
      error: {
        type: "usage_limit_reached",
        code: "rate_limit_exceeded",
        message: MESSAGE,
        resets_at: RESET / 1000,
      },
    });
  },
);

test("all others read a daily limit in the usual form", async () => {
  await using candor = startCandor({ answer: () => daily });
  const response = await ask(candor, "/v1", { originator: "pi" });
  expect(response.headers.has("x-codex-promo-message")).toBe(false);
  const body = await response.json();
  expect(body).toMatchObject({ error: { type: "rate_limit_error", code: "rate_limit_exceeded" } });
  expect(body).not.toHaveProperty("error.resets_at");
});

test("a limit that is over soon is told to Codex CLI with the time to wait, and not as spent", async () => {
  const soon = jsonAnswer(200, { error: { code: 429, message: "Slow down" } });
  await using candor = startCandor({ answer: () => soon });
  const response = await ask(candor, "/v1", CODEX);
  expect(response.headers.get("retry-after")).toBe("2");
  expect(response.headers.has("x-codex-promo-message")).toBe(false);
  expect(await response.json()).toMatchObject({ error: { type: "rate_limit_error" } });
});

function ask(candor: Candor, base: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${candor.url}${base}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "openai/gpt-4o-mini", input: "Hello", stream: true }),
  });
}
