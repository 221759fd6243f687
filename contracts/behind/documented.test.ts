import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { generate } from "selfsigned";
import { buildBinary } from "../harness/candor-binary.ts";
import { PLAIN, STREAM } from "../harness/raw-proxy.ts";
import {
  ANSWER,
  COMMENT,
  eventOf,
  FAILURE,
  readerOf,
  textEvent,
} from "../harness/stream-events.ts";
import { unpackDebianPackages } from "../harness/debian-packages.ts";
import { type Front, startFront } from "./front.ts";
import { type Scene, startScene } from "./scene.ts";
import {
  caddyCommand,
  haproxyCommand,
  nginxCommand,
  writeCaddyfile,
  writeNginxMain,
} from "./usual-fronts.ts";

// The configurations that docs/deploy.md shows, but for ports, certificates and Candor's address.
beforeAll(unpackDebianPackages, 120_000);
beforeAll(buildBinary, 60_000);
setDefaultTimeout(30_000);

const DOCUMENT = await Bun.file(new URL("../../docs/deploy.md", import.meta.url)).text();
const CERTIFICATE = await generate([{ name: "commonName", value: "127.0.0.1" }], {
  keyType: "ec",
  algorithm: "sha256",
});

/** The configuration that the document shows in this language, with these words exchanged. */
function documented(language: string, words: Record<string, string>): string {
  const block = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(DOCUMENT)?.[1] ?? "";
  return Object.entries(words).reduce((text, [word, other]) => {
    if (!text.includes(word)) throw new Error(`docs/deploy.md has no ${word} for ${language}.`);
    return text.replaceAll(word, other);
  }, block);
}

function startNginx(candor: string): Promise<Front> {
  return startFront(async ({ port, folder, debian }) => {
    await Bun.write(`${folder}/certificate.pem`, CERTIFICATE.cert);
    await Bun.write(`${folder}/key.pem`, CERTIFICATE.private);
    const site = documented("nginx", {
      "listen 443 ": `listen 127.0.0.1:${port} `,
      "/etc/ssl/certs/candor.pem": `${folder}/certificate.pem`,
      "/etc/ssl/private/candor.key": `${folder}/key.pem`,
      "127.0.0.1:3000": candor,
    });
    await Bun.write(`${folder}/sites-enabled/candor`, site);
    await writeNginxMain(folder, debian);
    return { ...nginxCommand(folder), scheme: "https" };
  });
}

function startHaproxy(candor: string): Promise<Front> {
  return startFront(async ({ port, folder }) => {
    await Bun.write(`${folder}/candor.pem`, `${CERTIFICATE.cert}\n${CERTIFICATE.private}`);
    const config = documented("haproxy", {
      "bind :443": `bind 127.0.0.1:${port}`,
      "/etc/haproxy/candor.pem": `${folder}/candor.pem`,
      "127.0.0.1:3000": candor,
    });
    await Bun.write(`${folder}/haproxy.cfg`, config);
    return { ...haproxyCommand(folder), scheme: "https" };
  });
}

function startCaddy(candor: string): Promise<Front> {
  return startFront(async ({ port, folder }) => {
    const site = { "candor.example.com": `http://127.0.0.1:${port}`, "127.0.0.1:3000": candor };
    await writeCaddyfile(folder, documented("caddyfile", site));
    return caddyCommand(folder);
  });
}

const FRONTS = [
  ["nginx", startNginx],
  ["HAProxy", startHaproxy],
  ["Caddy", startCaddy],
] as const;

type StartWebServer = (candor: string) => Promise<Front>;

const start = (startWebServer: StartWebServer): Promise<Scene> =>
  startScene(startWebServer, { PROXY_API_KEYS: "a-key-of-a-test-caller" });

describe.each(FRONTS)("%s as docs/deploy.md configures it", (_name, startWebServer) => {
  test.concurrent("passes a token on at once, and does not wait for more", async () => {
    await using scene = await start(startWebServer);
    const answer = scene.post(STREAM);
    const asked = await scene.upstream.next();
    await asked.begin("text/event-stream");
    const token = textEvent("token");
    await asked.chunk(token);
    const reader = readerOf(await answer);
    await reader.readUpTo(token);
    const tookMs: number[] = [];
    for (let sent = 2; sent <= 10; sent += 1) {
      const sentAt = performance.now();
      await asked.chunk(token);
      await reader.readUpTo(token.repeat(sent));
      tookMs.push(performance.now() - sentAt);
    }
    // HAProxy's own way takes 200 ms for each; a busy machine takes long for some.
    expect(Math.min(...tookMs)).toBeLessThan(100);
  });

  test.concurrent("passes on that a client has left before its answer", async () => {
    await using scene = await start(startWebServer);
    const client = new AbortController();
    const answer = scene.post(PLAIN, client.signal);
    const asked = await scene.upstream.next();
    client.abort();
    expect(await answer.catch((error: Error) => error.name)).toBe("AbortError");
    await asked.closed;
    expect(asked.isOpen()).toBe(false);
  });

  test.concurrent("passes on the status of a failure that a stream hid", async () => {
    await using scene = await start(startWebServer);
    const answer = scene.post(STREAM);
    const asked = await scene.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(COMMENT + eventOf(FAILURE));
    const response = await answer;
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ error: { message: "Slow down" } });
  });

  test.concurrent("takes a request of 20 MB, and knows that Candor is ready", async () => {
    await using scene = await start(startWebServer);
    expect((await scene.get("/readyz")).status).toBe(200);
    const content = "x".repeat(20_000_000);
    const answer = scene.post(JSON.stringify({ messages: [{ role: "user", content }] }));
    await (await scene.upstream.next()).json(ANSWER);
    expect(await (await answer).text()).toBe(ANSWER);
  });
});

/** What a client reads of a stream whose upstream breaks off: its text, or the error that it ends in. */
async function readBrokenStream(startWebServer: StartWebServer): Promise<string | Error> {
  await using scene = await start(startWebServer);
  const answer = scene.post(STREAM);
  const asked = await scene.upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(textEvent("Hello"));
  const reader = readerOf(await answer);
  await reader.readUpTo(textEvent("Hello"));
  asked.reset();
  return reader.readAll().catch((error: Error) => error);
}

test.concurrent.each([
  ["nginx", startNginx],
  ["HAProxy", startHaproxy],
] as const)("%s passes on that a stream broke", async (_name, startWebServer) => {
  expect(await readBrokenStream(startWebServer)).toBeInstanceOf(Error);
});

test.concurrent("Caddy 2.6 makes a clean end of a break, behind the error that Candor wrote", async () => {
  expect(await readBrokenStream(startCaddy)).toContain('data: {"error":');
});
