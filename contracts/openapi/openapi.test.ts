import { describe, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { isObject } from "../../src/core/json.ts";
import { REASONS } from "../../src/core/reasons.ts";
import { describeApi } from "../../src/server/openapi.ts";
import { describeFailure } from "../../src/proxy/failure.ts";
import { withCandor } from "../harness/candor.ts";

const api = await describeApi();
const written: { [key: string]: unknown } = JSON.parse(JSON.stringify(api));

/** All examples, each with the schema it has to follow. */
function examplesIn(value: unknown): { schema: object; summary: string; value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap(examplesIn);
  if (!isObject(value)) return [];
  const { schema, examples } = value;
  if (isObject(schema) && isObject(examples)) {
    return Object.values(examples).flatMap((one) =>
      isObject(one) ? [{ schema, summary: String(one["summary"]), value: one["value"] }] : [],
    );
  }
  return Object.values(value).flatMap(examplesIn);
}

test("the document is valid by the schema of OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(written);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test("a document with a flaw is not valid, so the validator does look", async () => {
  const flawed = { ...written, paths: { "/proxy": { post: { responses: 3 } } } };
  expect((await new Validator().validate(flawed)).valid).toBe(false);
});

test("every reference leads somewhere, and no operation has the name of another", () => {
  const text = JSON.stringify(api);
  for (const [, kind = "", name = ""] of text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
    expect(Object.keys(Reflect.get(api.components, kind))).toContain(name);
  }
  const names = Object.values(api.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(names).size).toBe(names.length);
});

describe("every example follows its schema", () => {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ ...written, $id: "api" });
  const examples = examplesIn(written);
  test("and there are examples of every form", () => {
    expect(examples.length).toBeGreaterThan(40);
  });
  test.each(examples)("$summary", ({ schema, value }) => {
    const reference = Reflect.get(schema, "$ref");
    const found = typeof reference === "string" ? { $ref: `api${reference}` } : schema;
    const isGood = ajv.compile(found)(value);
    expect(isGood).toBe(true);
  });
});

test("every status that Candor itself says before upstream is asked has an example", () => {
  const chat = api.paths["/v1/chat/completions"]?.["post"];
  const own = [
    describeFailure({ kind: "no-key" }),
    describeFailure({ kind: "foreign-host", host: "" }),
    describeFailure({ kind: "websocket" }),
    describeFailure({ kind: "wrong-method", method: "PUT", allowed: [] }),
    describeFailure({ kind: "body-too-large", limit: 1 }),
    describeFailure({ kind: "wrong-content-type", contentType: null }),
    describeFailure({ kind: "request-timeout", afterMs: 1 }),
    describeFailure({ kind: "too-busy", limit: 1, setting: "" }),
    describeFailure({ kind: "upstream-timeout", afterMs: 1 }),
    describeFailure({ kind: "unreachable", reason: "", code: undefined }),
  ];
  expect(Object.keys(chat?.responses ?? {})).toEqual(
    expect.arrayContaining(own.map(({ status }) => String(status))),
  );
});

test("an error's example has the status that its answer says", () => {
  for (const [name, { description }] of Object.entries(api.components.responses)) {
    const status = Number(name.slice(-3));
    expect(description).toBe(`${status} ${REASONS[status]}`);
  }
});

describe("anybody may read the documents", () => {
  const settings = { PROXY_API_KEYS: "a-key-of-a-caller" };

  test("GET /openapi.json needs no key, and is the document", async () => {
    await withCandor({ settings }, async ({ url }) => {
      const response = await Bun.fetch(`${url}/openapi.json`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toStartWith("application/json");
      expect(await response.json()).toEqual(written);
    });
  });

  test("GET /docs needs no key, and nothing in it runs or asks another host", async () => {
    await withCandor({ settings }, async ({ url }) => {
      const response = await Bun.fetch(`${url}/docs`);
      const page = await response.text();
      expect(response.headers.get("content-security-policy")).toStartWith("default-src 'none'");
      expect(page).not.toMatch(/<script|<img|<link| style=| on\w+=/);
      expect(page).not.toMatch(/(?:src|href)="(?![#/])/);
      for (const path of Object.keys(api.paths)) expect(page).toContain(path);
      for (const name of Object.keys(api.components.responses)) {
        expect(page).toContain(`id="${name}"`);
      }
    });
  });

  test("another method is 405, and a page elsewhere may not ask", async () => {
    await withCandor({}, async ({ url }) => {
      for (const path of ["/docs", "/openapi.json"]) {
        const wrong = await Bun.fetch(url + path, { method: "POST" });
        expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
        const headers = { origin: "https://evil.example" };
        expect((await Bun.fetch(url + path, { headers })).status).toBe(403);
      }
    });
  });

  test("HEAD has the fields and no body", async () => {
    await withCandor({}, async ({ url }) => {
      const response = await Bun.fetch(`${url}/docs`, { method: "HEAD" });
      expect([response.status, await response.text()]).toEqual([200, ""]);
    });
  });
});
