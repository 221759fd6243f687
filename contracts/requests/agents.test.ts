import { expect, test } from "bun:test";
import { type Candor, withCandor } from "../harness/candor.ts";
import { connectTo } from "../harness/raw-client.ts";
import { fixtureOf } from "../harness/ways.ts";
import {
  type AgentRequest,
  fieldOf,
  loadAgentRequests,
  wireBytes,
} from "./agents/agent-requests.ts";

/** A healthy stream of the endpoint, which all agents ask for. */
const STREAMS = [
  ["/chat/completions", "chat-completions/stream-success"],
  ["/responses", "responses/stream-success"],
  ["/messages", "messages/stream-success"],
] as const;

/** What OpenRouter goes by, beside the key and the body. */
const CROSSING = [
  "accept",
  "content-type",
  "user-agent",
  "x-title",
  "http-referer",
  "x-session-id",
  "x-session-affinity",
  "x-openrouter-title",
  "x-openrouter-categories",
  "anthropic-version",
  "anthropic-beta",
];

const ALL = [...loadAgentRequests()].flatMap(([agent, requests]) =>
  requests.map((request): [string, AgentRequest] => [agent, request]),
);
const ASKING = ALL.filter(([, { method }]) => method === "POST");
const UPGRADING = ALL.filter(([, request]) => fieldOf(request, "upgrade") !== undefined);

function answerFor(path: string) {
  const stream = STREAMS.find(([endpoint]) => path.includes(endpoint));
  return stream && fixtureOf(stream[1]).response;
}

/** The whole answer to a request, sent as the agent sends it. */
async function send(candor: Candor, request: AgentRequest, path = request.path): Promise<string> {
  using client = await connectTo(candor.url);
  client.send(await wireBytes(request, path));
  await client.closed;
  return client.received();
}

test("each agent has at least one request for an answer", () => {
  const agents = new Set(ASKING.map(([agent]) => agent));
  expect([...agents]).toEqual([...loadAgentRequests().keys()]);
});

test.each(ASKING)("the body that %s sends reaches upstream byte for byte", async (_, request) => {
  await withCandor({ answer: ({ path }) => answerFor(path) }, async (candor) => {
    expect(await send(candor, request)).toStartWith("HTTP/1.1 200 ");
    expect(await send(candor, request, request.path.replace("/api", ""))).toStartWith(
      "HTTP/1.1 200 ",
    );
    expect(candor.received).toHaveLength(2);
    for (const received of candor.received) {
      expect(received.path).toBe(request.path);
      expect(new TextDecoder().decode(received.body)).toBe(request.text ?? "");
      expect(received.headers.get("content-encoding")).toBeNull();
      expect(received.headers.get("authorization")).toBe("Bearer test-key");
    }
  });
});

test.each(ASKING)("what OpenRouter goes by in the head of %s reaches it", async (_, request) => {
  await withCandor({ answer: ({ path }) => answerFor(path) }, async (candor) => {
    await send(candor, request);
    const received = candor.received[0]?.headers;
    for (const name of CROSSING) {
      const sent = fieldOf(request, name);
      if (sent !== undefined) expect([name, received?.get(name)]).toEqual([name, sent]);
    }
  });
});

test.each(UPGRADING)(
  "the WebSocket that %s tries first is refused with 426",
  async (_, request) => {
    await withCandor({}, async (candor) => {
      using client = await connectTo(candor.url);
      client.send(await wireBytes(request, request.path));
      const head = await client.receivedUpTo("\r\n\r\n");
      expect(head).toMatch(/^HTTP\/1\.1 426 .*\r\nupgrade: HTTP\/1\.1\r\n/is);
      expect(candor.received).toHaveLength(0);
    });
  },
);
