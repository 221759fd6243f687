import { describe, expect, test } from "bun:test";
import { anthropicErrors, type ErrorForm, openaiErrors } from "../core/error-form.ts";
import type { Ending } from "../core/steps.ts";
import type { ExchangeRecord } from "../observe/record.ts";
import { createCors } from "./cors.ts";
import { beginExchange, failExchange, finishResponse } from "./exchange.ts";

/** An exchange, and what is told of its end. */
function begin(form: ErrorForm = openaiErrors, headers: Record<string, string> = {}) {
  const records: ExchangeRecord[] = [];
  const endings: Ending[] = [];
  const context = {
    watchers: { sinks: [{ end: (record: ExchangeRecord) => void records.push(record) }] },
    guards: { cors: createCors(["https://app.test"]), closesConnections: false },
    hide: (text: string) => text,
    redact: (text: string) => text.replaceAll("made-up-key", "[key]"),
    findClientAddress: (peer: string | undefined) => peer,
  };
  const request = new Request("http://localhost/proxy", { headers });
  const arrival = { request, path: "/proxy", route: "/proxy" };
  const onEnd = (ending: Ending) => void endings.push(ending);
  return { exchange: beginExchange(arrival, form, context, onEnd), records, endings };
}

/** The id of an exchange whose request gives one. */
const idFor = (given: string) =>
  begin(openaiErrors, { "x-request-id": given }).exchange.recorder.record.requestId;

describe("an exchange", () => {
  test("ends once, with the first ending: it is recorded, and what it holds is freed", () => {
    const { exchange, records, endings } = begin();
    let freed = 0;
    exchange.whenOver(() => (freed += 1));
    exchange.observe({ kind: "ended", ending: "client-left" });
    exchange.end("whole");
    exchange.observe({ kind: "ended", ending: "bug" });
    expect(endings).toEqual(["client-left"]);
    expect(freed).toBe(1);
    expect(records).toMatchObject([{ rule: "client-gone", state: "over" }]);
  });

  test("records its steps until then", () => {
    const { exchange, records } = begin();
    exchange.observe({ kind: "headers", status: 201 });
    exchange.observe({ kind: "relayed", bytes: 3 });
    exchange.end("whole");
    exchange.observe({ kind: "relayed", bytes: 4 });
    expect(records).toMatchObject([{ upstreamStatus: 201, bytes: 3 }]);
  });

  test("has the id that the caller gave, but for one that holds a key or cannot be one", () => {
    expect(idFor("job/1")).toBe("job/1");
    for (const given of ["x-made-up-key-x", "two words", ""]) {
      expect(idFor(given)).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
    }
  });

  test("reads from the request how its caller reads the code of an error", () => {
    expect(begin().exchange.flavour()).toBe("openai");
    const headers = { "user-agent": "openrouter/1.0" };
    expect(begin(openaiErrors, headers).exchange.flavour()).toBe("openrouter");
  });
});

describe("a failure of our own", () => {
  test("is answered in the form of the route, and ends the exchange", async () => {
    const { exchange, records, endings } = begin(anthropicErrors);
    const response = failExchange({ kind: "no-key" }, exchange);
    expect(response.status).toBe(401);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      type: "error",
      error: { type: "authentication_error" },
    });
    expect(endings).toEqual(["whole"]);
    expect(records).toMatchObject([
      { status: 401, rule: "no-key", code: "invalid_api_key", bytes: text.length },
    ]);
  });

  test("is recorded with the cause that made upstream unreachable", () => {
    const { exchange, records } = begin();
    const code = "ECONNREFUSED";
    failExchange({ kind: "unreachable", reason: code, code }, exchange);
    expect(records).toMatchObject([{ status: 502, rule: "unreachable", cause: code }]);
  });

  test("that nobody reads, since the client has left, is recorded without a status", () => {
    const { exchange, records } = begin();
    failExchange({ kind: "client-gone" }, exchange);
    expect(records[0]).toMatchObject({ rule: "client-gone" });
    expect(records[0]).not.toHaveProperty("status");
  });

  test("that is a bug is recorded with the place where it was thrown, and its words go nowhere", async () => {
    const { exchange, records } = begin();
    const response = failExchange({ kind: "bug", error: new Error("inner secret") }, exchange);
    expect(response.status).toBe(500);
    expect((await response.text()) + JSON.stringify(records)).not.toContain("inner secret");
    expect(records).toMatchObject([
      { rule: "bug", cause: expect.stringContaining("exchange.test.ts") },
    ]);
  });
});

test("every answer names its request, and allows the origins that may read it", () => {
  const { exchange } = begin(openaiErrors, { "x-request-id": "r", origin: "https://app.test" });
  const { headers } = finishResponse(new Response(), exchange);
  expect(headers.get("x-request-id")).toBe("r");
  expect(headers.get("access-control-allow-origin")).toBe("https://app.test");
});
