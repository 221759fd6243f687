import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canHandOver } from "../../src/server/migrate-requests.ts";
import { startServer } from "../../src/server/server.ts";
import { connectTo, untilRefused } from "../harness/raw-client.ts";
import { PLAIN, postTo, beginStream, HELLO } from "../harness/raw-proxy.ts";
import { startRawUpstream } from "../harness/raw-upstream.ts";
import { ANSWER, DONE, FINISH } from "../harness/stream-events.ts";
import { configure, quiet } from "../harness/ways.ts";

const NEVER = new Promise<void>(() => {});

test("a server that hands over closes connections behind answers, and listens until streams end", async () => {
  await using open = await openStream();
  const { server, upstream, asked, reader } = open;
  const over = server.handOver(NEVER);
  const plain = postTo(server.url, PLAIN);
  await (await upstream.next()).json(ANSWER);
  expect(await (await plain).text()).toBe(ANSWER);
  const answers = [
    await plain,
    await Bun.fetch(`${server.url}/readyz`),
    await Bun.fetch(`${server.url}/nowhere`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
  for (const { headers } of answers) expect(headers.get("connection")).toBe("close");
  await asked.chunk(FINISH + DONE);
  await asked.finish();
  expect(await reader.readAll()).toBe(HELLO + FINISH + DONE);
  await over;
  await expect(connectTo(server.url)).rejects.toThrow();
});

test("in a hurry it stops listening at once, and streams finish all the same", async () => {
  await using open = await openStream();
  const { server, asked, reader } = open;
  const over = server.handOver(Promise.resolve());
  await untilRefused(server.url);
  await asked.chunk(FINISH + DONE);
  await asked.finish();
  expect(await reader.readAll()).toBe(HELLO + FINISH + DONE);
  await over;
});

test.each([
  ["1\n", true],
  ["0\n", false],
])("what waits at a listener is handed on where Linux says %j", async (text, isSo) => {
  const folder = await mkdtemp(join(tmpdir(), "candor-"));
  const file = join(folder, "tcp_migrate_req");
  await Bun.write(file, text);
  expect(await canHandOver(file)).toBe(isSo);
  await rm(folder, { recursive: true });
  expect(await canHandOver(file)).toBe(false);
});

/** A server that shares its port, with a stream that has begun. */
async function openStream() {
  const upstream = startRawUpstream();
  const config = configure({ OPENROUTER_BASE_URL: upstream.url });
  const server = startServer(config, (...asked) => fetch(...asked), quiet, { isPortShared: true });
  return {
    ...(await beginStream(server.url, upstream)),
    server,
    upstream,
    async [Symbol.asyncDispose]() {
      upstream[Symbol.dispose]();
      await server.drain();
    },
  };
}
