import { existsSync } from "node:fs";
import { requestBody, requestHeaders } from "../answers.ts";
import { runToEnd } from "../processes.ts";

/** The clients that are measured, all programs of their own. */
export interface Clients {
  /** Each asks once, in a new process. */
  cold: ColdClient[];
  /** One process asks each of these addresses in turn: the milliseconds of every turn. */
  runWarm(baseUrls: string[], turns: number): Promise<number[][]>;
}

interface ColdClient {
  name: string;
  /** The milliseconds up to the first token from an API that begins at this address. */
  firstTokenMs(baseUrl: string): Promise<number>;
}

/** Debian's, whose start is quick. */
const PYTHON = "/usr/bin/python3";
const PYTHON_PROGRAM = `${import.meta.dir}/python_client.py`;
const FIRST_BYTE = ["-sS", "-o", "/dev/null", "-w", "%{time_starttransfer}"];
const BODY = requestBody("events");
const FIELDS = Object.entries(requestHeaders("events")).flatMap((field) => [
  "-H",
  field.join(": "),
]);

/** Makes the clients ready in a folder; they trust the authority of this certificate. */
export async function prepareClients(folder: string, certificate: string): Promise<Clients> {
  const entrypoints = [`${import.meta.dir}/node-client.ts`];
  await Bun.build({ entrypoints, outdir: folder, target: "node", naming: "[name].mjs" });
  async function runNode(turns: number, baseUrls: string[]): Promise<number[][]> {
    const command = ["node", `${folder}/node-client.mjs`, String(turns), ...baseUrls];
    const output = await runToEnd(command, { NODE_EXTRA_CA_CERTS: certificate });
    return output.trimEnd().split("\n").map(readMs);
  }
  const curl: ColdClient = {
    name: "curl",
    async firstTokenMs(baseUrl) {
      const request = [...FIELDS, "-d", BODY, `${baseUrl}/chat/completions`];
      const command = ["curl", "--fail", "--cacert", certificate, ...FIRST_BYTE, ...request];
      return Number(await runToEnd(command)) * 1000;
    },
  };
  const node: ColdClient = {
    name: "Node, `openai`",
    firstTokenMs: async (baseUrl) => (await runNode(1, [baseUrl]))[0]?.[0] ?? Number.NaN,
  };
  const python: ColdClient = {
    name: "Python, `http.client`",
    async firstTokenMs(baseUrl) {
      const command = [PYTHON, PYTHON_PROGRAM, baseUrl, BODY];
      return Number(await runToEnd(command, { SSL_CERT_FILE: certificate }));
    },
  };
  return {
    cold: existsSync(PYTHON) ? [curl, node, python] : [curl, node],
    runWarm: (baseUrls, turns) => runNode(turns, baseUrls),
  };
}

function readMs(line: string): number[] {
  return line.split(" ").map(Number);
}
