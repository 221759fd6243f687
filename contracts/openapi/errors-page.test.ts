import { readFileSync } from "node:fs";
import { expect, test } from "bun:test";
import { fixtureOf } from "../harness/ways.ts";
import { withCandor } from "../harness/candor.ts";

const PAGE = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

/** What the page shows: `<!-- asked: PATH FIXTURE -->`, and below it the answer. */
const SHOWN = /<!-- (asked|in band): (\S+) (\S+) -->\n+```\w+\n([^]*?)\n```/g;
const answers = [...PAGE.matchAll(SHOWN)].map(([, kind = "", path = "", name = "", text = ""]) => ({
  kind,
  path,
  name,
  text,
}));

test("every answer that is announced is shown", () => {
  expect(answers).toHaveLength(PAGE.match(/<!-- (?:asked|in band): /g)?.length ?? 0);
  expect(answers.length).toBeGreaterThan(8);
});

test.each(answers)("docs/errors.md has what $path answers: $name", async (shown) => {
  const { request, response } = fixtureOf(shown.name);
  await withCandor({ answer: () => response }, async ({ url }) => {
    const answer = await Bun.fetch(url + shown.path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: request.body,
    });
    if (shown.kind === "in band") {
      expect((await textOf(answer)).trimEnd()).toEndWith(`\n\n${shown.text}`);
      return;
    }
    const [head = "", body = ""] = shown.text.split("\n\n");
    const [statusLine, ...fields] = head.split("\n");
    expect(statusLine).toStartWith(`HTTP/1.1 ${answer.status} `);
    for (const field of fields) {
      const [name = "", value = ""] = field.split(/: (.*)/);
      expect(answer.headers.get(name)).toBe(value);
    }
    expect(await answer.json()).toEqual(JSON.parse(body));
  });
});

/** The text of a body up to where it ends or breaks. */
async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of body ?? []) text += decoder.decode(chunk, { stream: true });
  } catch {
    return text;
  }
  return text;
}
