import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { BODIES } from "../../bench/hostile/growth/bodies.ts";
import type { Sent } from "../../bench/hostile/growth/payload.ts";
import { STREAMS } from "../../bench/hostile/growth/streams.ts";
import { buildBinary } from "../harness/candor-binary.ts";
import { canContain, type Contained, startContained } from "../harness/container.ts";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { PLAIN, postTo, STREAM } from "../harness/raw-proxy.ts";
import { type RawExchange, type RawUpstream, startRawUpstream } from "../harness/raw-upstream.ts";
import { ANSWER, textEvent } from "../harness/stream-events.ts";

// Hundreds of megabytes go to and fro.
setDefaultTimeout(100_000);

beforeAll(buildBinary, 240_000);

const MB = 2 ** 20;

/** Those that cost the most. */
const WORST = [
  "small numbers",
  "equal objects",
  "answer: small numbers",
  "error 200: fractions",
  "relayed: an error of escapes",
];

/** How many of a kind come at once. */
const AT_ONCE = 3;

/** So long a client may read nothing: time for its flood to fill what there is. */
const STALL_MS = 5000;

/** A container: its memory, how large a body may be there, how many clients do not read. */
const containers = [
  { megabytes: 512, bodyMb: 32, stalled: 150, hasGroup: true },
  { megabytes: 256, bodyMb: 8, stalled: 40, hasGroup: true },
  // The resident memory tells where no control group can be made, and is looked at everywhere.
  { megabytes: 512, bodyMb: 8, stalled: 40, hasGroup: false },
].filter(({ hasGroup }) => !hasGroup || canContain());

describe.each(containers)(
  "a container of $megabytes MiB, for bodies of $bodyMb MiB (watched by the kernel: $hasGroup),",
  (container) => {
    test("survives the worst exchanges that its limits allow", async () => {
      using upstream = startRawUpstream();
      await using candor = await start(container, upstream);
      const way = answerAll(upstream);
      for (const name of WORST) {
        const payload = [...BODIES, ...STREAMS].find((one) => one.name === name);
        if (payload === undefined) throw new Error(`There is no attack ${name}.`);
        const isStream = payload.side === "stream";
        const sent = payload.make((isStream ? container.bodyMb / 2 : container.bodyMb) * MB - 1000);
        if (payload.side !== "request") way.answer = (asked) => respond(asked, sent);
        const body = payload.side === "request" ? sent.body : isStream ? STREAM : PLAIN;
        await Promise.all(Array.from({ length: AT_ONCE }, () => exchange(candor, body)));
        way.answer = (asked) => asked.json(ANSWER);
        expect([name, candor.isAlive()]).toEqual([name, true]);
      }
      expect(await isAnswered(candor)).toBe(true);
      expect(candor.peakMb?.() ?? 0).toBeLessThan(container.megabytes);
    });

    test("survives clients that do not read what a flood of upstream's has for them", async () => {
      using upstream = startRawUpstream();
      await using candor = await start(container, upstream, {
        CLIENT_STALL_TIMEOUT_MS: String(STALL_MS),
      });
      const way = answerAll(upstream);
      way.answer = flood;
      const clients = await Promise.all(
        Array.from({ length: container.stalled }, async () => {
          const client = await connectTo(candor.url);
          client.send(postBytes(STREAM));
          client.pause();
          return client;
        }),
      );
      // Each was let go, or refused.
      await candor.ended(container.stalled);
      for (const client of clients) client.reset();
      way.answer = (asked) => asked.json(ANSWER);
      expect(await isAnswered(candor)).toBe(true);
      expect(candor.peakMb?.() ?? 0).toBeLessThan(container.megabytes);
    });
  },
);

function start(
  { megabytes, bodyMb, hasGroup }: (typeof containers)[number],
  upstream: RawUpstream,
  more: Record<string, string> = {},
): Promise<Contained> {
  const settings = { OPENROUTER_BASE_URL: upstream.url, MAX_BODY_BYTES: String(bodyMb * MB) };
  return startContained(megabytes, { ...settings, ...more }, hasGroup);
}

/** One exchange, to its end; whatever its status is. */
async function exchange({ url }: Contained, body: string | Uint8Array): Promise<void> {
  const headers = { "content-type": "application/json" };
  try {
    await (await Bun.fetch(`${url}/proxy`, { method: "POST", headers, body })).bytes();
  } catch {
    // A stream may break off.
  }
}

/** Answers every request the way that was set last. */
function answerAll(upstream: RawUpstream) {
  const way = { answer: (asked: RawExchange): Promise<void> => asked.json(ANSWER) };
  const next = async (): Promise<never> => {
    for (;;) void way.answer(await upstream.next());
  };
  void next();
  return way;
}

async function respond(
  asked: RawExchange,
  { status = 200, fields = [], body }: Sent,
): Promise<void> {
  const bytes = Buffer.from(body);
  const lines = [...fields, ["content-length", bytes.length]].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  await asked.write(`HTTP/1.1 ${status} x\r\n${lines.join("")}\r\n`);
  await asked.write(bytes);
}

async function flood(asked: RawExchange): Promise<void> {
  const large = textEvent("x".repeat(16_384));
  await asked.begin("text/event-stream");
  while (asked.isOpen()) await asked.chunk(large);
}

/** Asks until there is room: a 503 says that there is none yet, a 502 that a connection broke. */
async function isAnswered({ url }: Contained): Promise<boolean> {
  for (let times = 0; times < 40; times++) {
    const { status, headers } = await postTo(url, PLAIN);
    if (status === 200) return true;
    expect([502, 503]).toContain(status);
    // As every client would, which is told how long to wait by a 503.
    await Bun.sleep(Number(headers.get("retry-after") ?? 0.25) * 1000);
  }
  return false;
}
