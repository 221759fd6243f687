import { describe, expect, test } from "bun:test";
import type { Fault } from "./fault.ts";
import type { JsonObject } from "./json.ts";
import { readClaim } from "./claim.ts";
import { retryAdvice } from "./retry-advice.ts";

const NOW = Date.UTC(2026, 0, 1);
const NEXT_MINUTE = "Thu, 01 Jan 2026 00:01:00 GMT";

/** One moment in the three forms of RFC 9110 §5.6.7. */
const DATES = [
  "Thu, 01 Jan 2026 08:49:37 GMT",
  "Thursday, 01-Jan-26 08:49:37 GMT",
  "Thu Jan  1 08:49:37 2026",
];

function faultOf(error: unknown, beside: JsonObject = {}): Fault {
  return { rule: "error-in-body", error, beside, sentence: "Upstream failed." };
}

/** The advice by field names; `headers` are upstream's. */
function advise(
  status: number,
  error: unknown,
  headers: Record<string, string> = {},
  defaultWait = 0,
) {
  const claim = { ...readClaim(200, faultOf(error)), status };
  return new Headers(retryAdvice(claim, new Headers(headers), NOW, defaultWait));
}

function waitFor(error: unknown, headers: Record<string, string> = {}): string | null {
  return advise(429, error, headers).get("retry-after");
}

function isRetried(status: number, error: unknown, headers: Record<string, string> = {}) {
  return advise(status, error, headers).get("x-should-retry");
}

/** `X-RateLimit-Reset` in upstream's form, so many milliseconds from now. */
const resetIn = (ms: number) => String(NOW + ms);

describe("Retry-After", () => {
  test.each(["0", "1", "30", "86400", ...DATES])(
    "upstream's header %j passes as it is",
    (value) => {
      expect(waitFor({}, { "retry-after": value })).toBe(value);
    },
  );

  test.each(["soon", "-1", "1.5", "5s", "", "in 5 minutes", "Wed, 99 Foo 2026 07:28:00 GMT"])(
    "upstream's header %j, which is neither seconds nor a date, is dropped",
    (value) => {
      expect(waitFor({}, { "retry-after": value })).toBeNull();
    },
  );

  const bodies: [title: string, error: unknown, wait: string | null][] = [
    ["retry_after_seconds", { metadata: { retry_after_seconds: 7 } }, "7"],
    ["retry_after_seconds, rounded up", { metadata: { retry_after_seconds: 6.01 } }, "7"],
    ["retry_after_seconds as a text", { metadata: { retry_after_seconds: "6.5" } }, "7"],
    ["retry_after_seconds of zero", { metadata: { retry_after_seconds: 0 } }, "0"],
    ["a negative retry_after_seconds", { metadata: { retry_after_seconds: -1 } }, null],
    ["a null retry_after_seconds", { metadata: { retry_after_seconds: null } }, null],
    ["an empty retry_after_seconds", { metadata: { retry_after_seconds: "" } }, null],
    ["a blank retry_after_seconds", { metadata: { retry_after_seconds: " " } }, null],
    ["metadata.headers", { metadata: { headers: { "Retry-After": "8" } } }, "8"],
    ["metadata.headers in small letters", { metadata: { headers: { "retry-after": "8" } } }, "8"],
    ["metadata.headers as a number", { metadata: { headers: { "Retry-After": 8 } } }, "8"],
    ["metadata.headers, rounded up", { metadata: { headers: { "Retry-After": "2.5" } } }, "3"],
    ["a date in metadata.headers", { metadata: { headers: { "Retry-After": NEXT_MINUTE } } }, "60"],
    ["unreadable metadata.headers", { metadata: { headers: { "Retry-After": "x" } } }, null],
    ["availability.retry_after", { availability: { retry_after: 9 } }, "9"],
    ["availability.retry_after, rounded up", { availability: { retry_after: 8.2 } }, "9"],
    ["nothing but prose", { message: "Try again in 5 seconds" }, null],
    ["an error that is a text", "Try again in 5 seconds", null],
  ];
  test.each(bodies)("%s: %j gives the wait %p", (_title, error, wait) => {
    expect(waitFor(error)).toBe(wait);
  });

  const error = {
    metadata: { retry_after_seconds: 2, headers: { "Retry-After": "3" } },
    availability: { retry_after: 4 },
  };
  const ranked: [upper: string, lower: string, error: JsonObject, header: string, wait: string][] =
    [
      ["upstream's header", "the body", error, "1", "1"],
      ["retry_after_seconds", "an unreadable header of upstream's", error, "soon", "2"],
      [
        "metadata.headers",
        "availability.retry_after",
        { ...error, metadata: { headers: error.metadata.headers } },
        "soon",
        "3",
      ],
      ["availability.retry_after", "a reset", { availability: error.availability }, "soon", "4"],
    ];
  test.each(ranked)("%s goes before %s", (_upper, _lower, said, header, wait) => {
    const headers = { "retry-after": header, "x-ratelimit-reset": resetIn(5000) };
    expect(waitFor(said, headers)).toBe(wait);
  });

  test("metadata that stands beside the error counts the same", () => {
    const fault = faultOf({ message: "x" }, { metadata: { retry_after_seconds: 7 } });
    const advice = new Headers(
      retryAdvice({ ...readClaim(200, fault), status: 429 }, new Headers(), NOW, 0),
    );
    expect(advice.get("retry-after")).toBe("7");
  });

  const resets: [title: string, reset: string, wait: string | null][] = [
    ["in 5 seconds, in epoch milliseconds", resetIn(5000), "5"],
    ["in 4.2 seconds, rounded up", resetIn(4200), "5"],
    ["in 60 seconds", resetIn(60_000), "60"],
    ["in epoch seconds", String(NOW / 1000 + 30), "30"],
    ["in just over 60 seconds", resetIn(60_001), null],
    ["tomorrow", resetIn(86_400_000), null],
    ["tomorrow, in epoch seconds", String(NOW / 1000 + 86_400), null],
    ["in the past", resetIn(-1), null],
    ["unreadable", "soon", null],
  ];
  test.each(resets)(
    "a reset %s: %s gives the wait %p, from a header or from metadata",
    (_title, reset, wait) => {
      expect(waitFor({}, { "x-ratelimit-reset": reset })).toBe(wait);
      expect(waitFor({ metadata: { headers: { "X-RateLimit-Reset": reset } } })).toBe(wait);
      expect(waitFor({ metadata: { headers: { "X-RateLimit-Reset": Number(reset) } } })).toBe(wait);
    },
  );

  test("a reset may be a date and time", () => {
    const reset = new Date(NOW + 4200).toISOString();
    expect(waitFor({}, { "x-ratelimit-reset": reset })).toBe("5");
    expect(waitFor({ metadata: { headers: { "X-RateLimit-Reset": reset } } })).toBe("5");
  });

  test("a reset in upstream's header goes before one in metadata", () => {
    const said = { metadata: { headers: { "X-RateLimit-Reset": resetIn(9000) } } };
    expect(waitFor(said, { "x-ratelimit-reset": resetIn(5000) })).toBe("5");
  });
});

describe("a wait of more than a day is a mistake, and dropped", () => {
  test.each<[where: string, wait: (seconds: number) => [error: unknown, header?: string]]>([
    ["upstream's header", (seconds) => [{}, String(seconds)]],
    [
      "upstream's header, as a date",
      (seconds) => [{}, new Date(NOW + seconds * 1000).toUTCString()],
    ],
    ["retry_after_seconds", (seconds) => [{ metadata: { retry_after_seconds: seconds } }]],
    ["metadata.headers", (seconds) => [{ metadata: { headers: { "Retry-After": seconds } } }]],
    ["availability.retry_after", (seconds) => [{ availability: { retry_after: seconds } }]],
  ])("from %s", (_where, wait) => {
    const waitOf = (seconds: number) => {
      const [error, header] = wait(seconds);
      return waitFor(error, header === undefined ? {} : { "retry-after": header });
    };
    expect(waitOf(86_400)).not.toBeNull();
    expect(waitOf(86_401)).toBeNull();
  });
});

describe("the wait that is told by default", () => {
  test.each<
    [what: string, status: number, error: unknown, header: string | undefined, wait: string | null]
  >([
    ["a 429 without any", 429, {}, undefined, "2"],
    ["a 429 whose wait cannot be read", 429, {}, "soon", "2"],
    ["a 429 with one", 429, {}, "7", "7"],
    [
      "a 429 that is not worth another try",
      429,
      { availability: { retryable: false } },
      undefined,
      null,
    ],
    ["a 503", 503, {}, undefined, null],
    ["a 402", 402, {}, undefined, null],
  ])("for %s: %d, %j, %p", (_what, status, error, header, wait) => {
    const headers = header === undefined ? {} : { "retry-after": header };
    expect(advise(status, error, headers, 2).get("retry-after")).toBe(wait);
  });

  test("is none where DEFAULT_RETRY_AFTER_S is 0, and decides nothing itself", () => {
    expect(advise(429, {}, {}, 0).has("retry-after")).toBe(false);
    expect(advise(402, {}, {}, 2).get("x-should-retry")).toBe("false");
  });
});

describe("x-should-retry", () => {
  test.each([
    ["openrouter_in_flight_budget", 402, "true"],
    ["openrouter_daily_free_tier", 429, "false"],
    ["credits", 429, "false"],
    ["key_limit", 429, "false"],
    ["workspace_limit", 429, "false"],
    ["guardrail", 429, "false"],
    ["a_limit_of_tomorrow", 429, "true"],
    [7, 429, "true"],
  ])("the limit %s with status %d says %s", (limit_source, status, retried) => {
    expect(isRetried(status, { metadata: { limit_source } })).toBe(retried);
  });

  test("a limit of free models a day, by its name in the message, is not worth a retry", () => {
    const message = "Rate limit exceeded: free-models-per-day. Add 10 credits";
    expect(isRetried(429, { message })).toBe("false");
    expect(isRetried(429, { message: "Rate limit exceeded: free-models-per-min" })).toBe("true");
  });

  test("availability decides before metadata, and metadata before its limit", () => {
    const metadata = { retryable: false, limit_source: "openrouter_in_flight_budget" };
    expect(isRetried(429, { metadata, availability: { retryable: true } })).toBe("true");
    expect(isRetried(429, { metadata })).toBe("false");
  });

  test.each([408, 409, 429, 500, 502, 503, 504, 520, 524, 529])(
    "status %d is worth a retry",
    (status) => {
      expect(isRetried(status, {})).toBe("true");
    },
  );

  test.each([400, 401, 402, 403, 404, 405, 410, 412, 413, 418, 422, 425, 451])(
    "status %d is not worth a retry",
    (status) => {
      expect(isRetried(status, {})).toBe("false");
    },
  );

  const budgets: [title: string, error: unknown, headers: Record<string, string>][] = [
    ["in upstream's header", {}, { "retry-after": "5" }],
    ["in metadata", { metadata: { retry_after_seconds: 5 } }, {}],
    ["in metadata.headers", { metadata: { headers: { "Retry-After": "5" } } }, {}],
    ["in availability", { availability: { retry_after: 5 } }, {}],
  ];
  test.each(budgets)(
    "a 402 with a wait %s, the in-flight budget, is worth a retry",
    (_title, error, headers) => {
      expect(isRetried(402, error, headers)).toBe("true");
    },
  );

  test("a 402 whose wait cannot be read is not worth a retry", () => {
    expect(isRetried(402, {}, { "retry-after": "soon" })).toBe("false");
  });

  const limits: [title: string, headers: Record<string, string>, retried: string][] = [
    ["that resets tomorrow", { "x-ratelimit-reset": resetIn(86_400_000) }, "false"],
    ["that resets in just over a minute", { "x-ratelimit-reset": resetIn(60_001) }, "false"],
    ["that resets in a minute", { "x-ratelimit-reset": resetIn(60_000) }, "true"],
    ["that was reset already", { "x-ratelimit-reset": resetIn(-1000) }, "true"],
    [
      "that resets tomorrow and names a wait",
      { "x-ratelimit-reset": resetIn(86_400_000), "retry-after": "5" },
      "true",
    ],
  ];
  test.each(limits)("a 429 %s: %j gives %s", (_title, headers, retried) => {
    expect(isRetried(429, {}, headers)).toBe(retried);
  });

  test("a daily quota in metadata.headers is as distant as one in a header", () => {
    const error = { metadata: { headers: { "X-RateLimit-Reset": resetIn(86_400_000) } } };
    expect(isRetried(429, error)).toBe("false");
  });

  test("only a 429 is undone by a distant reset", () => {
    expect(isRetried(503, {}, { "x-ratelimit-reset": resetIn(86_400_000) })).toBe("true");
  });

  test("availability.retryable decides where it is present", () => {
    expect(isRetried(400, { availability: { retryable: true } })).toBe("true");
    expect(isRetried(503, { availability: { retryable: false } })).toBe("false");
    const distant = { "x-ratelimit-reset": resetIn(86_400_000) };
    expect(isRetried(429, { availability: { retryable: true } }, distant)).toBe("true");
  });

  test.each([null, "true", 1])("availability.retryable of %p decides nothing", (retryable) => {
    expect(isRetried(400, { availability: { retryable } })).toBe("false");
    expect(isRetried(503, { availability: { retryable } })).toBe("true");
  });
});

/** How much of a value of this length in `metadata.headers` becomes a header field. */
function liftedLength(length: number): number | undefined {
  const headers = { "X-RateLimit-Limit": "1".repeat(length) };
  return advise(429, { metadata: { headers } }).get("x-ratelimit-limit")?.length;
}

describe("header fields in metadata.headers", () => {
  test("rate limit fields and retry-after-ms become header fields", () => {
    const headers = {
      "X-RateLimit-Limit": "20",
      "X-RateLimit-Remaining": 0,
      "X-RateLimit-Reset": resetIn(5000),
      "Retry-After-Ms": "4500",
    };
    expect(advise(429, { metadata: { headers } }).toJSON()).toEqual({
      "x-should-retry": "true",
      "retry-after": "5",
      "x-ratelimit-limit": "20",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": resetIn(5000),
      "retry-after-ms": "4500",
    });
  });

  test.each([
    ["X-RateLimit-Reset", Number.POSITIVE_INFINITY],
    ["Retry-After-Ms", "nan"],
    ["Retry-After-Ms", "0x10"],
    ["Retry-After", "0x10"],
    ["Retry-After", "Infinity"],
  ])("%s: %p is no value that a client can use", (name, value) => {
    expect(advise(503, { metadata: { headers: { [name]: value } } }).toJSON()).toEqual({
      "x-should-retry": "true",
    });
  });

  test("all others stay where they are", () => {
    const headers = {
      "Set-Cookie": "a=1",
      "Content-Length": "3",
      "X-Request-Id": "1",
      "X-Should-Retry": "false",
      Location: "https://elsewhere.example",
    };
    expect(advise(503, { metadata: { headers } }).toJSON()).toEqual({ "x-should-retry": "true" });
  });

  test("one that upstream sent itself is left to upstream", () => {
    const error = { metadata: { headers: { "X-RateLimit-Limit": "20" } } };
    const advice = advise(429, error, { "x-ratelimit-limit": "10" });
    expect(advice.has("x-ratelimit-limit")).toBe(false);
  });

  test.each(["a\r\nset-cookie: b=1", "a\nb", "", "\u0000", "caf\u00e9"])(
    "a value of %j, which no header field may have, is left out",
    (value) => {
      const error = { metadata: { headers: { "X-RateLimit-Limit": value } } };
      expect(advise(429, error).has("x-ratelimit-limit")).toBe(false);
    },
  );

  test("the longest value that becomes one has 200 characters", () => {
    expect(liftedLength(200)).toBe(200);
    expect(liftedLength(201)).toBeUndefined();
  });

  test.each([null, "text", [["x-ratelimit-limit", "20"]]])(
    "metadata.headers of %j holds none",
    (headers) => {
      expect(advise(429, { metadata: { headers } }).toJSON()).toEqual({ "x-should-retry": "true" });
    },
  );
});
