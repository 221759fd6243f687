import { expect } from "bun:test";
import fc from "fast-check";
import { type Candor, HELLO } from "../harness/candor.ts";
import { connectTo } from "../harness/raw-client.ts";

/** A header line as it stands on the wire. */
export interface HeaderLine {
  name: string;
  value: string;
}

const KNOWN = `accept authorization user-agent http-referer x-title x-api-key anthropic-version
  x-session-id x-session-affinity traceparent tracestate idempotency-key x-openrouter-anything x-request-id`;
const FORBIDDEN = `cookie x-forwarded-for x-forwarded-host forwarded via te trailer upgrade
  keep-alive proxy-authorization proxy-connection x-real-ip origin2 accept-encoding x-evil`;

const WITHHELD = `set-cookie set-cookie2 clear-site-data refresh reporting-endpoints
  service-worker-allowed access-control-allow-origin access-control-expose-headers alt-svc strict-transport-security server report-to nel cf-worker
  content-encoding`;

const name = fc.oneof(
  fc.constantFrom(...`${KNOWN} ${FORBIDDEN} ${WITHHELD} cf-ray retry-after`.split(/\s+/)),
  fc.stringMatching(/^[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}$/),
);

const value = fc.oneof(
  fc.constantFrom("1", "a, b", "close", "chunked", "application/json", "x".repeat(3000)),
  fc.string({ maxLength: 20 }).map((text) => text.trim()),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
);

/** What ends a line, or should; behind it, what an attacker would like to see as a header. */
const injection = fc.constantFrom(
  "\r\nx-evil: 1",
  "\rx-evil: 1",
  "\nx-evil: 1",
  "\0",
  "\r\n x",
  "",
);

const oddLine = fc
  .tuple(name, value, injection, value)
  .map(([field, before, line, after]) => [{ name: field, value: before + line + after }]);

/** A field that `Connection` declares to be for this hop only. */
const hopLines = fc
  .tuple(name, value, fc.constantFrom("", "keep-alive, ", "X-Other,"))
  .map(([field, text, others]) => [
    { name: field, value: text },
    { name: "connection", value: others + field },
  ]);

/** Header lines, with repetitions, and now and then with a line end where none belongs. */
export const headerLines: fc.Arbitrary<HeaderLine[]> = fc
  .array(
    fc.oneof(
      { arbitrary: fc.tuple(fc.record({ name, value })), weight: 8 },
      { arbitrary: hopLines, weight: 3 },
      { arbitrary: oddLine, weight: 1 },
    ),
    { maxLength: 6 },
  )
  .map((groups) => groups.flat());

/** The same without a bare LF, which some take for the end of a line, and so of all the lines. */
export const answerHeaderLines: fc.Arbitrary<HeaderLine[]> = headerLines.filter((lines) =>
  lines.every((line) => !/(?<!\r)\n/.test(line.value)),
);

/** What reaches upstream of header fields: those on the list, and those that `fetch` makes. */
const PASSED = new Set(
  `${KNOWN} anthropic-beta x-anthropic-beta content-type content-length host connection
  accept-encoding`
    .split(/\s+/)
    .filter((field) => field !== "x-request-id"),
);

/** The fields that `fetch` sets where Candor passes none on, with the values it gives them. */
const MADE_BY_FETCH = /^(\*\/\*|Bun\/.*)$/;

/** Whatever the header fields: no other than the listed reach upstream, and one answer comes. */
export async function headersAreKeptApart(candor: Candor, lines: HeaderLine[]): Promise<void> {
  candor.received.length = 0;
  const head = lines.map(({ name: field, value: text }) => `${field}: ${text}\r\n`).join("");
  const answer = await exchange(candor.url, requestText(head));
  expectOneAnswer(answer);
  expect(answer).not.toMatch(/^x-evil/im);
  for (const request of candor.received) {
    const named = namedByConnection(lines);
    for (const [field, text] of request.headers) {
      expect(PASSED.has(field) || field.startsWith("x-openrouter-") ? "" : field).toBe("");
      if (!named.has(field) || SET_BY_CANDOR.has(field)) continue;
      expect(MADE_BY_FETCH.test(text) ? "" : field).toBe("");
    }
    expect(request.headers.get("authorization")).toBe("Bearer test-key");
    expect(request.headers.get("accept-encoding")).toBe("identity");
    expect(Buffer.from(request.body).toString()).toBe(HELLO);
  }
}

/** Whatever header fields upstream sends: one answer comes, without those that are not for clients. */
export async function answerHeadersAreKeptApart(
  candor: Candor,
  lines: HeaderLine[],
): Promise<void> {
  candor.received.length = 0;
  const answer = await exchange(candor.url, requestText(""));
  expectOneAnswer(answer);
  const head = answer.slice(0, answer.indexOf("\r\n\r\n"));
  for (const line of head.split("\r\n").slice(1)) {
    const field = line.slice(0, line.indexOf(":")).toLowerCase();
    expect(WITHHELD.split(/\s+/).includes(field) ? field : "").toBe("");
    const isHop = namedByConnection(lines).has(field) && !SET_BY_SERVER.has(field);
    expect(isHop ? field : "").toBe("");
  }
}

/** Fields that Candor or its server sets itself, whatever upstream's `Connection` names. */
const SET_BY_SERVER = new Set(
  "connection content-length transfer-encoding date x-request-id content-type".split(" "),
);

/** Fields that Candor, or its `fetch`, sets itself, whatever the client's `Connection` names. */
const SET_BY_CANDOR = new Set(
  "host connection content-length authorization accept-encoding".split(" "),
);

function namedByConnection(lines: HeaderLine[]): Set<string> {
  const values = lines.filter((line) => line.name === "connection").map((line) => line.value);
  return new Set(
    values.flatMap((text) => text.split(",")).map((text) => text.trim().toLowerCase()),
  );
}

function requestText(head: string): string {
  const fields = `host: 127.0.0.1\r\ncontent-type: application/json\r\n${head}connection: close\r\n`;
  return `POST /proxy HTTP/1.1\r\n${fields}content-length: ${HELLO.length}\r\n\r\n${HELLO}`;
}

/** How long a connection that was asked to close may stay open. */
const LONGEST_ANSWER_MS = 5000;

async function exchange(url: string, request: string): Promise<string> {
  using client = await connectTo(url);
  client.send(Buffer.from(request, "latin1"));
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Still open after: ${client.received()}`)),
    LONGEST_ANSWER_MS,
  );
  try {
    await Promise.race([client.closed, late.promise]);
  } finally {
    clearTimeout(timer);
  }
  return client.received();
}

/** One status line, no header of an attacker's, and nothing behind the body. */
function expectOneAnswer(answer: string): void {
  expect(answer).toStartWith("HTTP/1.1 ");
  const headEnd = answer.indexOf("\r\n\r\n");
  const head = answer.slice(0, headEnd);
  expect(head.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  expect(Number(head.split(" ")[1])).not.toBe(500);
  const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
  if (length !== undefined) expect(answer.length - headEnd - 4).toBe(Number(length));
  else expect(answer.slice(headEnd + 4).match(/HTTP\/1\.1 \d/)).toBeNull();
}
