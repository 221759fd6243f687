import { readdirSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createZstdCompress } from "node:zlib";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

const AgentRequest = Type.Object(
  {
    method: Type.String(),
    /** As sent with OpenRouter's own base URL in which only the host was replaced. */
    path: Type.String({ pattern: "^/api/v1/" }),
    /** In order, as they were spelled; without `Host` and `Content-Length`. */
    headers: Type.Array(Type.Tuple([Type.String(), Type.String()])),
    /** The body, before it was compressed. */
    text: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** What an agent sent while it was asked to say hello. */
const AgentRequests = Type.Object(
  {
    agent: Type.String(),
    capturedAt: Type.String(),
    note: Type.Optional(Type.String()),
    requests: Type.Array(AgentRequest),
  },
  { additionalProperties: false },
);

/**
 * A request of a coding agent. Ids and paths are made up, and long texts end with `[shortened]`; all
 * other bytes are the agent's.
 */
export type AgentRequest = Static<typeof AgentRequest>;

/** The captured requests of every agent, by the name of its file. */
export function loadAgentRequests(): Map<string, AgentRequest[]> {
  const files = readdirSync(import.meta.dir).filter((name) => name.endsWith(".json"));
  return new Map(
    files.toSorted().map((name) => {
      const json: unknown = JSON.parse(readFileSync(`${import.meta.dir}/${name}`, "utf8"));
      return [name.replace(".json", ""), Value.Parse(AgentRequests, json).requests];
    }),
  );
}

/** A header field of a request, or undefined. */
export function fieldOf({ headers }: AgentRequest, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The request as the agent put it on the wire, with another path and without a kept connection. */
export async function wireBytes(request: AgentRequest, path: string): Promise<Buffer> {
  const body = await wireBody(request);
  const fields = request.headers.filter(
    ([name]) => !/^(connection|transfer-encoding)$/i.test(name),
  );
  const isUpgrade = fieldOf(request, "upgrade") !== undefined;
  const lines = [
    `${request.method} ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    `Connection: ${isUpgrade ? "Upgrade" : "close"}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    ...(body.length > 0 ? [`Content-Length: ${body.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
}

/** Codex compresses as a stream, so its frame does not tell how long the body is. */
async function wireBody(request: AgentRequest): Promise<Buffer> {
  const body = Buffer.from(request.text ?? "");
  if (fieldOf(request, "content-encoding") !== "zstd") return body;
  return buffer(Readable.from([body]).pipe(createZstdCompress()));
}
