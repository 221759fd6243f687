import { expect, test } from "bun:test";
import { readHold } from "./hold-time.ts";

const config = (streamHoldMs: number, forwardedHoldMs: number) => ({
  streamHoldMs,
  forwardedHoldMs,
  upstreamTimeoutMs: 1000,
});
const FORWARDED = new Headers({ via: "1.1 nginx" });

test("of the two limits the shorter one holds for a request that came through another proxy", () => {
  expect(readHold(FORWARDED, config(50, 20))).toMatchObject({ holdMs: 20 });
  expect(readHold(FORWARDED, config(20, 50))).toMatchObject({ holdMs: 20 });
});

test("any other request has the one limit", () => {
  expect(readHold(new Headers(), config(50, 20))).toMatchObject({ holdMs: 50 });
});

test("what a request asks for itself stands above both", () => {
  const headers = new Headers({ via: "1.1 nginx", "x-candor-hold-ms": "900" });
  expect(readHold(headers, config(50, 20))).toMatchObject({ holdMs: 900 });
});
