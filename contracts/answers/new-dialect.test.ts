import { describe, expect, test } from "bun:test";
import type { Dialect } from "../../src/core/dialect.ts";
import { type Endpoint, NAMED } from "../../src/proxy/endpoint.ts";
import { openaiErrors } from "../../src/core/error-form.ts";
import { silentFault } from "../../src/core/fault.ts";
import { isObject } from "../../src/core/json.ts";
import { appOf } from "../harness/app.ts";
import { configure } from "../harness/ways.ts";

/** An endpoint that nobody has thought of yet: its answers are poems, its streams their lines. */
const poems: Dialect = {
  path: "/poems",
  isNamed: true,
  wholeAt: "parts",
  hasDone: true,
  errorForm: openaiErrors,
  findAnswerFault: ({ poem }) =>
    poem === undefined ? silentFault("no-answer", "Upstream answered without a poem.") : undefined,
  readEvent: ({ line, end }) => ({
    fault: undefined,
    speaks: line !== undefined,
    continues: end === true ? [] : [0],
    finishes: end === true ? [0] : [],
  }),
  withoutFault: ({ error: _error, ...data }) => data,
};

/** The endpoint, with the check of its requests. */
const POEMS: Endpoint = {
  dialect: poems,
  findFlaw: (body) =>
    isObject(body) && "prose" in body
      ? { param: "prose", message: "A poem is no prose." }
      : undefined,
};

const STREAM = "text/event-stream";
const TITLE = 'data: {"title":"Of roses"}\n\n';
const LINE = 'data: {"line":"Roses are red"}\n\n';
const END = 'data: {"end":true}\n\n';
const ERROR = 'data: {"error":{"code":503,"message":"No muse"}}\n\n';

/** What a client gets that asks for a poem in the form in which upstream answers. */
async function askPoem(
  type: string,
  body: string | ReadableStream,
  fields: object = {},
): Promise<Response> {
  const send = async () => new Response(body, { headers: { "content-type": type } });
  const app = appOf(configure({}), send, [], [...NAMED, POEMS]);
  const headers = { "content-type": "application/json", host: "localhost" };
  const request = JSON.stringify({ stream: type === STREAM, ...fields });
  return app.handle(
    new Request("http://localhost/v1/poems", { method: "POST", headers, body: request }),
  );
}

/** An error of an answer, or of an event. */
function errorOf(text: string): unknown {
  return JSON.parse(text.replace(/^data: /, ""));
}

describe("a dialect of tomorrow takes one object", () => {
  test("its requests are checked, and what is wrong is named", async () => {
    const response = await askPoem("application/json", '{"poem":""}', { prose: true });
    expect(response.status).toBe(400);
    expect(errorOf(await response.text())).toMatchObject({ error: { param: "prose" } });
  });

  test("its healthy answer is relayed byte for byte", async () => {
    const response = await askPoem("application/json", '{ "poem" : 1.0 }');
    expect([response.status, await response.text()]).toEqual([200, '{ "poem" : 1.0 }']);
  });

  test("its answer without a poem is repaired", async () => {
    const response = await askPoem("application/json", "{}");
    expect(response.status).toBe(502);
    expect(errorOf(await response.text())).toMatchObject({
      error: {
        message: "502 Bad Gateway: Upstream answered without a poem.",
        code: "provider_unavailable",
      },
    });
  });

  test("an event that decides nothing is held back, so that an error has its status", async () => {
    const response = await askPoem(STREAM, TITLE + ERROR);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      503,
      "application/json",
    ]);
    expect(errorOf(await response.text())).toMatchObject({ error: { message: "No muse" } });
  });

  test("an event that decides lets out what was held, while upstream goes on", async () => {
    const upstream = new TransformStream<Uint8Array>();
    const writer = upstream.writable.getWriter();
    const write = (text: string) => writer.write(new TextEncoder().encode(text));
    const answer = askPoem(STREAM, upstream.readable);
    await write(TITLE);
    void write(LINE);
    const response = await answer;
    expect(response.status).toBe(200);
    void write(END).then(() => writer.close());
    expect(await response.text()).toBe(TITLE + LINE + END);
  });

  test("an error behind a line is in band", async () => {
    const response = await askPoem(STREAM, LINE + ERROR + END);
    const text = await response.text();
    expect([response.status, text.startsWith(LINE)]).toEqual([200, true]);
    expect(errorOf(text.slice(LINE.length))).toMatchObject({
      error: { status: 503, message: "No muse" },
    });
  });

  test("a stream that ends before its poem ends with an error, and without [DONE]", async () => {
    const text = await (await askPoem(STREAM, LINE)).text();
    expect(errorOf(text.slice(LINE.length))).toMatchObject({ error: { status: 502 } });
  });

  test("an error behind a whole poem does not undo it", async () => {
    const response = await askPoem(STREAM, LINE + END + ERROR);
    expect(await response.text()).toBe(LINE + END);
  });
});
