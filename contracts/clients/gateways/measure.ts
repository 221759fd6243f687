import { markdownTable } from "../../../bench/statistics.ts";
import type { Measurement } from "../client-set.ts";
import type { Gateway } from "./gateway.ts";
import { type Grade, gradeGateway } from "./grade.ts";
import { freePort, startProgram } from "./program.ts";

/** A gateway's grades: with OpenRouter itself behind it, and with Candor by each of its paths. */
interface Graded {
  gateway: Gateway;
  straight: Grade;
  candor: [path: string, Grade][];
}

const PATHS = ["/v1", "/api/v1"];

/** Grades each gateway alone and with Candor as its OpenRouter, one after the other. */
export async function measureGateways(
  gateways: [Gateway, folder: string][],
  binary: string,
): Promise<Measurement> {
  const graded: Graded[] = [];
  for (const [gateway, folder] of gateways) {
    graded.push(await gradeWithAndWithout(gateway, folder, binary));
  }
  return { markdown: describe(graded), worse: graded.flatMap(worseCases) };
}

async function gradeWithAndWithout(
  gateway: Gateway,
  folder: string,
  binary: string,
): Promise<Graded> {
  const simulatorPort = freePort();
  const openrouter = `http://127.0.0.1:${simulatorPort}/api/v1`;
  const candorPort = freePort();
  await using candor = await startProgram({
    words: [binary],
    port: candorPort,
    readyPath: "/healthz",
    environment: { PORT: String(candorPort), OPENROUTER_BASE_URL: openrouter },
  });
  const grade = async (way: string, baseUrl: string) => {
    await using running = await gateway.start(folder, freePort(), baseUrl);
    // Without `await` the gateway would end at once.
    const result = await gradeGateway(binary, running, simulatorPort);
    console.log(`${gateway.name}, ${way}: ${score(result)}`);
    return result;
  };
  const straight = await grade("straight", openrouter);
  const grades: [string, Grade][] = [];
  for (const path of PATHS) grades.push([path, await grade(path, candor.address + path)]);
  return { gateway, straight, candor: grades };
}

function scoresOf({ gateway, straight, candor }: Graded): string[] {
  const name = `${gateway.name} ${gateway.version}`;
  return [name, score(straight), ...candor.map(([, grade]) => score(grade))];
}

function score({ passed, total }: Grade): string {
  return `${passed} of ${total}`;
}

function describe(graded: Graded[]): string {
  const head = ["gateway", "straight", ...PATHS.map((path) => `Candor, \`${path}\``)];
  const left = graded.flatMap(({ gateway, candor }) =>
    candor.map(([path, grade]) => `- ${gateway.name} by \`${path}\`: ${failuresOf(grade)}`),
  );
  return [
    "Graded by `candor grade` in all cases of chat completions: those that a client can go by.",
    markdownTable([head, ...graded.map(scoresOf)]),
    "What is still untrue behind each with Candor:",
    left.join("\n"),
  ].join("\n\n");
}

/** The cases that fail, by what is untrue. */
function failuresOf({ cases }: Grade): string {
  const failed = cases.filter(({ passed }) => !passed);
  const groups = Map.groupBy(failed, ({ untruth }) => untruth ?? "no answer");
  const lines = [...groups].map(
    ([untruth, group]) => `${untruth} (${group.map(({ name }) => shortName(name)).join(", ")})`,
  );
  return lines.length === 0 ? "nothing" : lines.join("; ");
}

/** What was true without Candor and is untrue with it. */
function worseCases({ gateway, straight, candor }: Graded): string[] {
  const good = new Set(straight.cases.filter(({ passed }) => passed).map(({ name }) => name));
  return candor.flatMap(([path, { cases }]) =>
    cases
      .filter(({ name, passed }) => !passed && good.has(name))
      .map((one) => `${gateway.name} by ${path}, ${shortName(one.name)}: ${one.untruth}`),
  );
}

function shortName(name: string): string {
  return name.replace("chat-completions/", "");
}
