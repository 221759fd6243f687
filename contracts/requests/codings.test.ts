import { describe, expect, test } from "bun:test";
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { HELLO, startCandor, withCandor } from "../harness/candor.ts";
import { expectService } from "../harness/hostile-client.ts";

type Compress = (bytes: Uint8Array) => Uint8Array<ArrayBuffer>;

/** A coding as a client names it, and a body in it. */
const CODINGS: [coding: string, compress: Compress][] = [
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["GZIP", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
];

const JSON_TYPE = { "content-type": "application/json" };

function send(url: string, coding: string, body: Uint8Array<ArrayBuffer>, more = {}) {
  const headers = { ...JSON_TYPE, "content-encoding": coding, ...more };
  return Bun.fetch(url, { method: "POST", headers, body });
}

describe("a body in one coding goes upstream decoded, and without the field", () => {
  const routes = ["/proxy", "/v1/chat/completions", "/api/v1/chat/completions", "/v1/rerank"];
  test.each(CODINGS)("%s", async (coding, compress) => {
    await withCandor({}, async ({ url, received }) => {
      for (const route of routes) {
        const response = await send(url + route, coding, compress(Buffer.from(HELLO)));
        expect(response.status).toBe(200);
      }
      expect(received).toHaveLength(routes.length);
      for (const { headers, body } of received) {
        expect(new TextDecoder().decode(body)).toBe(HELLO);
        expect(headers.get("content-encoding")).toBeNull();
        expect(headers.get("content-length")).toBe(String(HELLO.length));
      }
    });
  });

  test("in chunks, as Codex CLI sends zstd", async () => {
    await withCandor({}, async ({ baseUrl, received }) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(zstdCompressSync(Buffer.from(HELLO)));
          controller.close();
        },
      });
      const headers = { ...JSON_TYPE, "content-encoding": "zstd" };
      const request = { method: "POST", headers, body };
      expect((await Bun.fetch(`${baseUrl}/chat/completions`, request)).status).toBe(200);
      expect(new TextDecoder().decode(received[0]?.body)).toBe(HELLO);
    });
  });

  test("of another type too, byte for byte", async () => {
    const settings = { OPENROUTER_API_KEY: "" };
    await withCandor({ settings }, async ({ baseUrl, received }) => {
      const file = new Uint8Array(300_000).map((_, index) => index % 251);
      const more = { "content-type": "audio/wav", authorization: "Bearer sk-caller" };
      await send(`${baseUrl}/audio/transcriptions`, "br", brotliCompressSync(file), more);
      expect(Buffer.from(received[0]?.body ?? [])).toEqual(Buffer.from(file));
    });
  });

  test("in frames or members of which one follows another", async () => {
    await withCandor({}, async ({ url, received }) => {
      const halves = [HELLO.slice(0, 20), HELLO.slice(20)].map((half) => Buffer.from(half));
      for (const [coding, compress] of [
        ["gzip", gzipSync],
        ["zstd", zstdCompressSync],
      ] as const) {
        const body = Buffer.concat(halves.map((half) => compress(half)));
        expect((await send(`${url}/proxy`, coding, body)).status).toBe(200);
      }
      for (const { body } of received) expect(new TextDecoder().decode(body)).toBe(HELLO);
    });
  });

  test("identity is none", async () => {
    await withCandor({}, async ({ url }) => {
      expect((await send(`${url}/proxy`, "identity", Buffer.from(HELLO))).status).toBe(200);
    });
  });

  test("an empty body is in no coding", async () => {
    await withCandor({}, async ({ baseUrl, received }) => {
      expect((await send(`${baseUrl}/auth/keys`, "gzip", Buffer.alloc(0))).status).toBe(200);
      expect(received[0]?.body.length).toBe(0);
    });
  });
});

test.each(["compress", "gzip, zstd", "gzip, gzip", "identity, gzip", "aws-chunked", "*"])(
  "a coding that is unknown, or more than one, is 415 with those that are taken: %s",
  async (coding) => {
    await withCandor({}, async ({ url, received }) => {
      for (const route of ["/proxy", "/v1/rerank"]) {
        const response = await send(url + route, coding, gzipSync(HELLO));
        expect(response.status).toBe(415);
        expect(response.headers.get("accept-encoding")).toBe("gzip, deflate, br, zstd");
        expect(await response.json()).toMatchObject({
          error: { message: expect.stringContaining(coding), param: "content-encoding" },
        });
      }
      expect(received).toEqual([]);
    });
  },
);

describe("a body that is damaged is 400, and goes nowhere", () => {
  const damages: [name: string, damage: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>][] = [
    ["cut", (bytes) => Buffer.from(bytes.subarray(0, -3))],
    ["cut in the middle", (bytes) => Buffer.from(bytes.subarray(0, bytes.length / 2))],
    ["with something behind it", (bytes) => Buffer.concat([bytes, Buffer.from("{}")])],
    ["not coded at all", () => Buffer.from(HELLO)],
  ];
  const cases = CODINGS.flatMap(([coding, compress]) =>
    damages.map(([name, damage]) => [coding, name, compress, damage] as const),
  );
  test.each(cases)("%s, %s", async (coding, _, compress, damage) => {
    await withCandor({}, async ({ url, received }) => {
      for (const route of ["/proxy", "/v1/rerank"]) {
        const response = await send(url + route, coding, damage(compress(Buffer.from(HELLO))));
        expect(response.status).toBe(400);
        expect(await response.text()).toContain("The body is not ");
      }
      expect(received).toEqual([]);
    });
  });
});

describe("a body is never decoded beyond MAX_BODY_BYTES", () => {
  test.each(CODINGS)("%s", async (coding, compress) => {
    const limit = 100_000;
    await using candor = startCandor({ settings: { MAX_BODY_BYTES: String(limit) } });
    const just = Buffer.from(HELLO.padEnd(limit, " "));
    const { url } = candor;
    expect((await send(`${url}/proxy`, coding, compress(just))).status).toBe(200);
    const more = Buffer.concat([just, Buffer.from(" ")]);
    for (const route of ["/proxy", "/v1/rerank"]) {
      const response = await send(url + route, coding, compress(more));
      expect(response.status).toBe(413);
      expect(await response.text()).toContain("MAX_BODY_BYTES");
    }
    expect(candor.received).toHaveLength(1);
  });

  test.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ] as const)("however much is packed into a little of %s", async (coding, compress) => {
    await using candor = startCandor({ settings: { MAX_BODY_BYTES: "1000000" } });
    const bomb = compress(Buffer.alloc(100_000_000));
    const before = process.memoryUsage.rss();
    const statuses = await Promise.all(
      Array.from(
        { length: 5 },
        async () => (await send(`${candor.url}/proxy`, coding, bomb)).status,
      ),
    );
    expect(statuses).toEqual([413, 413, 413, 413, 413]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(80_000_000);
    await expectService(candor);
  });

  test("nor with more memory than a body may need", async () => {
    await using candor = startCandor();
    // Frames whose windows have 8 and 128 MB, with one raw block (RFC 8878 §3.1.1).
    for (const [window, status] of [
      [13 << 3, 200],
      [17 << 3, 400],
    ] as const) {
      const head = [0x28, 0xb5, 0x2f, 0xfd, 0, window, (HELLO.length << 3) | 1];
      const body = Buffer.concat([
        Buffer.from([...head, HELLO.length >> 5, 0]),
        Buffer.from(HELLO),
      ]);
      expect((await send(`${candor.url}/proxy`, "zstd", body)).status).toBe(status);
    }
    expect(candor.received).toHaveLength(1);
  });

  test("and a large one that is a single window is taken", async () => {
    await using candor = startCandor();
    const params = { [constants.ZSTD_c_windowLog]: 25 };
    const body = zstdCompressSync(Buffer.from(HELLO.padEnd(20_000_000, " ")), { params });
    expect((await send(`${candor.url}/proxy`, "zstd", body)).status).toBe(200);
  });
});

test("what may be called, its size and its type come before its coding", async () => {
  await withCandor({ settings: { MAX_BODY_BYTES: "1000" } }, async ({ url }) => {
    const body = Buffer.alloc(10);
    const origin = { origin: "https://evil.example" };
    expect((await send(`${url}/proxy`, "compress", body, origin)).status).toBe(403);
    expect((await send(`${url}/proxy`, "compress", Buffer.alloc(1001))).status).toBe(413);
    const type = { "content-type": "text/plain" };
    expect(await (await send(`${url}/proxy`, "compress", body, type)).json()).toMatchObject({
      error: { param: "content-type" },
    });
  });
});
