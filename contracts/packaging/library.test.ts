import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { buildLibrary } from "../../packaging/npm/library.ts";
import packageJson from "../../package.json" with { type: "json" };

const ROOT = new URL("../..", import.meta.url).pathname;
const NAME = packageJson.name;

/** Somebody's empty project, with the packed library installed. */
const folder = mkdtempSync(join(tmpdir(), "candor-library-"));
const library = join(folder, "library");
const project = join(folder, "project");
const installed = join(project, "node_modules", NAME);

beforeAll(async () => {
  await buildLibrary(library);
  await run(["npm", "pack", "--silent", "--pack-destination", folder], library);
  mkdirSync(project);
  await Bun.write(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const tarball = join(folder, `${NAME}-${packageJson.version}.tgz`);
  await run(
    ["npm", "install", "--silent", "--offline", "--no-audit", "--no-fund", tarball],
    project,
  );
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

test("the package brings nothing else, and has its licence and a README of its own", () => {
  expect(
    readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")),
  ).toEqual([NAME]);
  expect(readdirSync(installed).toSorted()).toEqual(
    [
      "LICENSE",
      "README.md",
      "THIRD-PARTY-LICENSES.txt",
      "elysia.d.ts",
      "elysia.js",
      "fetch.d.ts",
      "fetch.js",
      "package.json",
      "types",
    ].toSorted(),
  );
  expect(readFileSync(join(installed, "README.md"), "utf8")).toContain(`npm install ${NAME}`);
});

test("Node uses it where no code may be made from strings", async () => {
  await Bun.write(
    join(project, "use.js"),
    `import { truthfulFetch } from "${NAME}/fetch";
    const stream = ': OPENROUTER PROCESSING\\n\\ndata: {"error":{"code":429,"message":"Slow down"}}\\n\\n';
    const headers = { "content-type": "text/event-stream" };
    const fetch = truthfulFetch({ fetch: async () => new Response(stream, { headers }) });
    const body = '{"stream":true,"messages":[]}';
    const url = "https://openrouter.ai/api/v1/chat/completions";
    const response = await fetch(url, { method: "POST", body });
    console.log(response.status, (await response.json()).error.message);`,
  );
  const command = ["node", "--disallow-code-generation-from-strings", "use.js"];
  expect(await run(command, project)).toBe("429 Slow down\n");
});

test("its types hold in a strict project, whatever the platform's are", async () => {
  await Bun.write(
    join(project, "use.ts"),
    `import { truthfulFetch, type Outcome, type TruthfulFetchOptions } from "${NAME}/fetch";
    const options: TruthfulFetchOptions = {
      holdMs: 1000,
      onOutcome: ({ status, failure }: Outcome) => console.log(status, failure?.rule),
    };
    const plain: typeof fetch = truthfulFetch(options);
    const status: number = (await plain("https://openrouter.ai/api/v1/models")).status;
    // @ts-expect-error: no such option
    truthfulFetch({ holdSeconds: 1 });
    export { status };`,
  );
  await checkTypes("use.ts", { lib: ["ES2022", "DOM", "DOM.Iterable"], module: "nodenext" });
  await checkTypes("use.ts", { lib: ["ES2022", "WebWorker"], module: "preserve" });
}, 60_000);

test("the fetch is one module that needs nothing, and as small as its pages say", async () => {
  const path = join(installed, "fetch.js");
  expect(readFileSync(path, "utf8")).not.toMatch(/^import |\bimport\(|\brequire\(/m);
  const { outputs } = await Bun.build({ entrypoints: [path], minify: true });
  const minified = new Uint8Array((await outputs[0]?.arrayBuffer()) ?? []);
  const size = `${kilobytes(minified)} KB minified, ${kilobytes(gzipSync(minified))} KB with gzip`;
  for (const page of [join(installed, "README.md"), join(ROOT, "docs/fetch.md")]) {
    expect(readFileSync(page, "utf8").replaceAll("\n", " ")).toContain(size);
  }
});

function kilobytes(bytes: Uint8Array): number {
  return Math.round(bytes.length / 1000);
}

test("Bun uses the plugin in an application of somebody's, its types too", async () => {
  for (const peer of ["elysia", "@sinclair"]) {
    symlinkSync(join(ROOT, "node_modules", peer), join(project, "node_modules", peer));
  }
  await Bun.write(
    join(project, "app.ts"),
    `import { Elysia } from "elysia";
    import { candor, type CandorOptions } from "${NAME}/elysia";
    const options: CandorOptions = { openrouterApiKey: process.env["NO_SUCH_KEY"] };
    const ai = new Elysia({ prefix: "/ai" }).use(candor(options));
    const app = new Elysia().use(ai).get("/hello", () => "hello");
    const hello: string = await (await app.handle(new Request("http://localhost/hello"))).text();
    const refused = await app.handle(new Request("http://localhost/ai/v1/models", { method: "POST" }));
    console.log(hello, refused.status);`,
  );
  expect(await run([process.execPath, "app.ts"], project)).toBe("hello 401\n");
  const bun = join(ROOT, "node_modules/bun-types");
  await checkTypes("app.ts", {
    lib: ["ESNext"],
    module: "preserve",
    types: [bun],
    skipLibCheck: true,
  });
}, 60_000);

/** Checks the types of a file of the project, those of the library included unless told. */
async function checkTypes(file: string, options: object): Promise<void> {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: "ES2022",
    types: [],
    noEmit: true,
    ...options,
  };
  const config = JSON.stringify({ compilerOptions, files: [file] });
  await Bun.write(join(project, "tsconfig.json"), config);
  await run([join(ROOT, "node_modules/.bin/tsc"), "-p", "."], project);
}

/** What a command prints. Throws with all that it says where it fails. */
async function run(command: string[], cwd: string): Promise<string> {
  const child = Bun.spawn(command, { cwd, stdout: "pipe", stderr: "pipe" });
  const [output, trouble] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")}:\n${output}${trouble}`);
  return output;
}
