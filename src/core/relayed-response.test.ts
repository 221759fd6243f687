import { describe, expect, test } from "bun:test";
import { headResponse, relayedResponse } from "./relayed-response.ts";

const head = (fields: Record<string, string>, status = 200) => ({
  status,
  headers: new Headers(fields),
});

/** The coding of a relayed answer, which was read as JSON where `form` says so. */
function codingOf(coding: string, form?: "json"): string | null {
  const response = relayedResponse(head({ "content-encoding": coding }), null, form);
  return response.headers.get("content-encoding");
}

describe("a relayed answer", () => {
  test("has upstream's status, header fields and bytes", async () => {
    const bytes = new TextEncoder().encode("abc");
    const response = relayedResponse(head({ "x-other": "kept", server: "no" }, 201), bytes);
    expect(response.status).toBe(201);
    expect([...response.headers]).toEqual([["x-other", "kept"]]);
    expect(await response.text()).toBe("abc");
  });

  test.each([
    ["json", "text/plain", "application/json"],
    ["json", "application/json, application/json", "application/json"],
    ["json", "application/problem+json; charset=utf-8", "application/problem+json; charset=utf-8"],
    ["event-stream", "application/json", "text/event-stream"],
    ["event-stream", "text/event-stream; charset=utf-8", "text/event-stream; charset=utf-8"],
  ] as const)("that was read as %s has, for %s, the content type %s", (form, given, type) => {
    const response = relayedResponse(head({ "content-type": given }), null, form);
    expect(response.headers.get("content-type")).toBe(type);
  });

  test("keeps its coding where nobody decoded it, and only then", () => {
    expect(codingOf("gzip, br")).toBe("gzip, br");
    expect(codingOf("gzip")).toBeNull();
    expect(codingOf("gzip, br", "json")).toBeNull();
  });
});

describe("the answer to HEAD", () => {
  test.each([200, 204, 205, 304])(
    "with status %d keeps the length that GET would have",
    (status) => {
      const response = headResponse(head({ "content-length": "123" }, status));
      expect(response.headers.get("content-length")).toBe("123");
      expect(response.body).toBeNull();
    },
  );

  test("has no length where upstream told none, or that of a body that would be decoded", () => {
    const decoded = head({ "content-length": "123", "content-encoding": "gzip" });
    for (const response of [headResponse(head({})), headResponse(decoded)]) {
      expect(response.headers.has("content-length")).toBe(false);
      // Bun says a length of 0 for no body at all.
      expect(response.body).not.toBeNull();
    }
  });

  test.each([204, 205])("with status %d has no body, since none can be made", (status) => {
    expect(headResponse(head({}, status)).body).toBeNull();
  });
});
