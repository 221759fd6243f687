import { describe, expect, test } from "bun:test";
import { createCors } from "./cors.ts";

const ORIGINS = ["https://a.example", "http://localhost:8080"];

function request(method: string, headers: Record<string, string>): Request {
  return new Request("http://localhost:3000/proxy", { method, headers });
}

const PREFLIGHT = {
  origin: "https://a.example",
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization,content-type,x-stainless-lang",
};

/** The header fields that an answer gets on its way out. */
function allowed(origins: string[], headers: Record<string, string>) {
  const answer = new Headers({ "content-type": "application/json", vary: "Accept" });
  createCors(origins).allow(request("POST", headers), answer);
  return answer.toJSON();
}

describe("answerPreflight", () => {
  test("a listed origin is told that it may send what it asked to send", () => {
    const answer = createCors(ORIGINS).answerPreflight(request("OPTIONS", PREFLIGHT));
    expect(answer?.status).toBe(204);
    expect(answer?.headers.get("access-control-allow-methods")).toBe("POST");
    expect(answer?.headers.get("access-control-allow-headers")).toBe(
      "authorization,content-type,x-stainless-lang",
    );
    expect(answer?.headers.get("access-control-max-age")).toMatch(/^\d+$/);
  });

  test("header fields are not spoken of where none were asked for", () => {
    const { "access-control-request-headers": _fields, ...plain } = PREFLIGHT;
    const answer = createCors(ORIGINS).answerPreflight(request("OPTIONS", plain));
    expect(answer?.headers.has("access-control-allow-headers")).toBe(false);
  });

  const others: [title: string, origins: string[], asked: Request][] = [
    ["where no origins are listed", [], request("OPTIONS", PREFLIGHT)],
    [
      "of an origin that is not listed",
      ORIGINS,
      request("OPTIONS", { ...PREFLIGHT, origin: "https://evil.example" }),
    ],
    ["of the origin null", ORIGINS, request("OPTIONS", { ...PREFLIGHT, origin: "null" })],
    ["without an origin", ORIGINS, request("OPTIONS", { "access-control-request-method": "POST" })],
    [
      "that names no method, and is no preflight",
      ORIGINS,
      request("OPTIONS", { origin: "https://a.example" }),
    ],
    ["that is a POST", ORIGINS, request("POST", PREFLIGHT)],
  ];
  test.each(others)("a request %s is not answered here", (_title, origins, asked) => {
    expect(createCors(origins).answerPreflight(asked)).toBeUndefined();
  });
});

describe("allow", () => {
  test("a page of a listed origin may read the answer and its header fields", () => {
    expect(allowed(ORIGINS, { origin: "http://localhost:8080" })).toEqual({
      "access-control-allow-origin": "http://localhost:8080",
      "access-control-expose-headers": "*",
      "content-type": "application/json",
      "cross-origin-resource-policy": "cross-origin",
      vary: "Accept, Origin",
    });
  });

  test.each([{ origin: "https://evil.example" }, { origin: "null" }, {}])(
    "a request with %j learns only that the answer depends on it",
    (headers) => {
      expect(allowed(ORIGINS, headers)).toEqual({
        "content-type": "application/json",
        "cross-origin-resource-policy": "same-origin",
        vary: "Accept, Origin",
      });
    },
  );

  test("without origins no page may even load the answer", () => {
    expect(allowed([], { origin: "https://a.example" })).toEqual({
      "content-type": "application/json",
      "cross-origin-resource-policy": "same-origin",
      vary: "Accept",
    });
  });
});
