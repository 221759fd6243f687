import { expect, test } from "bun:test";
import type { Expectation } from "../expected/expectation.ts";
import { EXPECTED } from "../expected/expected.ts";
import { relayedBlocks } from "../expected/relayed-blocks.ts";
import { fixtureOf, recordedBody } from "../harness/ways.ts";
import { beginningOf, parseJson, referenceJsonVerdict } from "./reference-judge.ts";
import { fieldsOf } from "./reference-status.ts";
import { type ReferencePart, referenceStream, type ReferenceStream } from "./reference-stream.ts";
import { dataWhere, tidy, visibleBlocks, writtenBlocks } from "./verdicts.ts";

/** Rules about the head or the form of an answer, of which the reference knows nothing. */
const OTHER_RULES = ["error-status", "unexpected-status", "unexpected-form", "empty-body"];

const CASES = [...EXPECTED].filter(([name, expectation]) => {
  const isOther = expectation.outcome === "error" && OTHER_RULES.includes(expectation.rule);
  return name.startsWith("chat-completions/") && !isOther && !name.endsWith("/200-audio");
});

// The fuzzer holds the program against the reference, and this the reference against the data.
test.each(CASES)("the reference judges a recorded answer as is expected: %s", (name, expected) => {
  const fixture = fixtureOf(name);
  const body = recordedBody(fixture);
  const isPrompt = "prompt" in fieldsOf(parseJson(fixture.request.body));
  const isJson = beginningOf(body) === "json";
  const stream = referenceStream(body, fixture.response.end !== "closed");
  const verdict = isJson ? referenceJsonVerdict(body, isPrompt) : stream;
  if (expected.outcome === "error") {
    const { type, code } = fieldsOf(fieldsOf(expected.body)["error"]);
    const repair: unknown = { kind: "repair", status: expected.status, type, code };
    expect<unknown>(verdict).toEqual(repair);
  } else if (isJson || stream.kind === "repair") {
    expect([verdict.kind, expected.outcome]).toEqual(["relay", "untouched"]);
  } else {
    expectStream(stream, expected, relayedBlocks(body));
  }
});

type Relayed = Extract<ReferenceStream, { kind: "relay" }>;

function expectStream(
  verdict: Relayed,
  expected: Exclude<Expectation, { outcome: "error" }>,
  recorded: string[],
): void {
  const { ending } = verdict;
  const seen = tidy(writtenBlocks(verdict));
  const after = expected.outcome === "ends" ? expected.after : [];
  const kept = expected.outcome === "ends" ? recorded.slice(0, expected.kept) : recorded;
  const errors = after.filter((data) => "error" in fieldsOf(data));
  const others = after.filter((data) => !errors.includes(data));
  const written = [...kept.flatMap(visibleBlocks), ...others.map(blockOf)];
  expect(dataWhere(seen, tidy(written))).toEqual(seen);
  expect(ending.kind === "error" ? 2 : 0).toBe(errors.length);
  if (ending.kind !== "error") return;
  const { status, type, code } = fieldsOf(fieldsOf(errors[0])["error"]);
  expect({ status, type }).toEqual({ status: ending.status, type: ending.type });
  expect(code).toBe(ending.isOwn ? String(ending.status) : ending.status);
  const isBroken = expected.outcome === "ends" && expected.end === "broken";
  expect(ending.isBroken).toBe(isBroken);
}

function blockOf(data: unknown): ReferencePart {
  return data === "[DONE]" ? "data: [DONE]\n\n" : `data: ${JSON.stringify(data)}\n\n`;
}
