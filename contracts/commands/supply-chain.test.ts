import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import packageJson from "../../package.json" with { type: "json" };
import { readBundle } from "../../supply-chain/bundle.ts";

const EXACT_VERSION = /^\d+\.\d+\.\d+$/;

/** An advisory as the registry words it (npm's bulk advisory endpoint). */
const advisory = (severity: string) => ({
  id: 1,
  url: "https://github.com/advisories/GHSA-0000-0000-0000",
  title: "a hole",
  severity,
  vulnerable_versions: "<999.0.0",
  cwe: [],
  cvss: { score: 0, vectorString: null },
});

/** Runs `bun run audit` against a registry that gives this answer, and notes what it was asked for. */
async function audit(answer: (asked: string) => Response) {
  const asked: string[] = [];
  await using registry = Bun.serve({
    port: 0,
    async fetch(request) {
      const isPacked = request.headers.get("content-encoding") === "gzip";
      const bytes = await request.arrayBuffer();
      const text = new TextDecoder().decode(isPacked ? Bun.gunzipSync(bytes) : bytes);
      asked.push(text);
      return answer(text);
    },
  });
  const run = Bun.spawn(["bun", "supply-chain/audit.ts"], {
    env: { ...process.env, BUN_CONFIG_REGISTRY: registry.url.href },
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = (await run.stdout.text()) + (await run.stderr.text());
  return { exitCode: await run.exited, said, asked };
}

describe("package.json", () => {
  test("every version is an exact pin", () => {
    const { dependencies, devDependencies } = packageJson;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(version, name).toMatch(EXACT_VERSION);
    }
  });

  test("Candor needs few packages to run, and few are inside the executable", () => {
    const names = ["@sinclair/typebox", "elysia"];
    const observing = ["preact", "prom-client", "uplot"];
    // Loaded only where OTEL_* ask for it.
    const telemetry = ["api", "core", "exporter-metrics-otlp-http", "exporter-trace-otlp-http"];
    telemetry.push("resources", "sdk-metrics", "sdk-trace");
    const all = [...telemetry.map((name) => `@opentelemetry/${name}`), ...names, ...observing];
    expect(Object.keys(packageJson.dependencies)).toEqual(all);
    expect(readBundle().length).toBeLessThanOrEqual(24);
  });

  test("no package may run a script when it is installed", () => {
    // Without the field, Bun has a list of its own of those that may.
    expect(packageJson).toMatchObject({ trustedDependencies: [] });
  });
});

test("the lock file has a checksum for every package, and no other source than the registry", () => {
  const lock = readFileSync("bun.lock", "utf8");
  const entries = [...lock.matchAll(/^ {4}"[^"]+": \["([^"]+)", "([^"]*)", .*$/gm)];
  expect(entries.length).toBeGreaterThan(50);
  for (const [line, versioned, source] of entries) {
    expect(versioned).toMatch(/^(@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+[^:/]*$/);
    expect(source).toBe("");
    expect(line).toMatch(/"sha512-[\w+/]{86}=="\],$/);
  }
});

describe("the audit", () => {
  test.each(["low", "moderate", "high", "critical"])(
    "fails on what is known to be %s of a package that Candor runs with",
    async (severity) => {
      const { exitCode, said } = await audit(() => Response.json({ elysia: [advisory(severity)] }));
      expect(said).toContain("a hole");
      expect(exitCode).toBe(1);
    },
  );

  test.each([
    ["low", 0],
    ["moderate", 0],
    ["high", 1],
    ["critical", 1],
  ])("ends on what is %s of a package that it is tested with by %i", async (severity, code) => {
    const { exitCode } = await audit((asked) =>
      Response.json(asked.includes('"msw":') ? { msw: [advisory(severity)] } : {}),
    );
    expect(exitCode).toBe(code);
  });

  test("asks for the packages that Candor runs with alone, and then for all", async () => {
    const { exitCode, said, asked } = await audit(() => Response.json({}));
    expect(asked).toHaveLength(2);
    for (const { manifest } of readBundle()) expect(asked[0]).toContain(`"${manifest.name}":`);
    expect(asked[0]).not.toContain('"msw":');
    expect(asked[1]).toContain('"msw":');
    expect(said).toContain("nothing is known against the packages that Candor runs with");
    expect(exitCode).toBe(0);
  });

  test.each([404, 405, 503])(
    "is said not to be done where the registry answers %i",
    async (status) => {
      const { exitCode, said } = await audit(() => new Response("no", { status }));
      expect(said).toMatch(new RegExp(`NOT DONE, the registry gave no list .* - ${status}\\)`));
      expect(exitCode).toBe(0);
    },
  );

  test("is said not to be done where the registry answers with a page", async () => {
    const { exitCode, said } = await audit(() => new Response("<html>"));
    expect(said).toContain("NOT DONE");
    expect(exitCode).toBe(0);
  });
});

test("the SBOM is valid CycloneDX, and lists what is inside the executable and Bun", async () => {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["bun", "supply-chain/sbom.ts"]);
  expect(stderr.toString()).toBe("");
  expect(exitCode).toBe(0);
  const sbom = await Bun.file(stdout.toString().trim()).json();
  expect(sbom).toMatchObject({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    metadata: { component: { name: "candor", version: packageJson.version } },
  });
  const listed = sbom.components.map(({ purl }: { purl: string }) => decodeURIComponent(purl));
  const bundled = readBundle().map(
    ({ manifest }) => `pkg:npm/${manifest.name}@${manifest.version}`,
  );
  expect(listed.toSorted()).toEqual([...bundled, `pkg:npm/bun@${Bun.version}`].toSorted());
});
