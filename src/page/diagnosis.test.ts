import { describe, expect, test } from "bun:test";
import {
  inBand,
  record,
  refused,
  repaired,
  unanswered,
} from "../../contracts/observe/made-up-records.ts";
import type { ExchangeRecord } from "../observe/record.ts";
import { ALL_OF_IT, diagnose } from "./diagnosis.ts";

const NOW = 1_764_000_100_000;
const times = (count: number, one: ExchangeRecord) => Array.from({ length: count }, () => one);
const first = (...records: ExchangeRecord[]) => diagnose(records, [], NOW)[0];

test("where nothing came, it says so, and how to begin", () => {
  expect(first()).toMatchObject({ gravity: "idle", sentence: "No requests have come lately." });
});

test("where all is well, it says so", () => {
  expect(first(...times(3, record()))?.sentence).toBe(
    "All is well: the last 3 requests were answered.",
  );
});

const failed = (trueStatus: number, model: string) => repaired({ trueStatus, model });

describe("failures of OpenRouter", () => {
  test("are counted, those that were hidden too, with what they mostly are and where from", () => {
    const open = repaired({ rule: "error-status", upstreamStatus: 502, trueStatus: 502 });
    expect(first(...times(7, record()), ...times(2, repaired()), open)).toMatchObject({
      gravity: "bad",
      blame: "OpenRouter",
      sentence:
        "OpenRouter is failing: 3 of the last 10 requests (30%), 2 of them hidden in a 200; mostly 429 from openai/gpt-4o-mini.",
    });
  });

  test("name the model that most of one status come from, and no model that got another", () => {
    const some = [failed(429, "a/x"), failed(429, "a/x"), failed(502, "b/y"), failed(502, "c/z")];
    expect(first(...some, failed(502, "c/z"))?.sentence).toEndWith("mostly 502 from c/z.");
    expect(first(...some, failed(502, "d/w"))?.sentence).toEndWith("mostly 502 from 3 models.");
  });

  test("that are rare are a notice", () => {
    expect(first(...times(99, record()), repaired())).toMatchObject({ gravity: "notice" });
  });

  test("that are about the key or its credits name what to look at", () => {
    expect(first(repaired({ trueStatus: 401 }))?.advice).toContain("OPENROUTER_API_KEY");
    expect(first(repaired({ trueStatus: 402 }))?.advice).toContain("credits");
  });

  test("that are long ago do not count, unless their time was chosen", () => {
    const old = repaired({ at: NOW - 3_600_000 });
    expect(diagnose([old], [], NOW)[0]?.gravity).toBe("idle");
    expect(diagnose([old], [], NOW, ALL_OF_IT)[0]?.gravity).toBe("bad");
  });
});

test("where OpenRouter is not reached, the cause is told", () => {
  expect(first(...times(2, unanswered()))?.sentence).toBe(
    "OpenRouter does not answer: 2 of the last 2 requests (100%) got nothing (ECONNREFUSED).",
  );
});

test("a bug is Candor's own", () => {
  expect(first(record({ outcome: "bug" }))).toMatchObject({ blame: "Candor", gravity: "bad" });
});

test("refusals are the application's doing, but for a Candor that is full", () => {
  expect(first(...times(3, refused()))?.blame).toBe("your application");
  expect(first(...times(3, refused({ rule: "too-busy" })))?.blame).toBe("Candor");
  expect(first(refused(), ...times(20, record()))?.gravity).toBe("good");
});

test("clients that leave are told of, with the time after which half of them did", () => {
  const left = record({ outcome: "client-left", ms: 30_000 });
  expect(first(...times(5, record()), ...times(3, left))?.sentence).toContain("within 30.0 s");
});

test("a stream that says nothing for long is told of, one that is held is not", () => {
  const { ms: _, outcome: __, ...open } = record({ at: NOW - 60_000, lastByteMs: 5000 });
  expect(diagnose([], [{ ...open, state: "relaying" }], NOW)[0]?.sentence).toBe(
    "A stream stalls: openai/gpt-4o-mini began to answer, then nothing for 55.0 s.",
  );
  expect(diagnose([], [{ ...open, state: "holding" }], NOW)[0]?.gravity).toBe("idle");
});

test("the gravest is first, and nothing is left out", () => {
  const left = record({ outcome: "client-left", ms: 30_000 });
  const findings = diagnose([...times(4, left), ...times(4, inBand())], [], NOW);
  expect(findings.map(({ gravity }) => gravity)).toEqual(["bad", "notice"]);
});
