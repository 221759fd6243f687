import { createHash } from "node:crypto";
import page from "./client/index.html";

/** The page in one file, with what keeps anything else from running in it. */
export interface PageHtml {
  html: Uint8Array<ArrayBuffer>;
  compressed: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
}

/** A file that the bundler made of the page. */
interface Piece {
  kind: "html" | "script" | "style";
  text: string;
}

/**
 * Puts the page together from what Bun's bundler made of it: when the program was compiled, or
 * now, when it runs from its sources. Script and style stand in the page itself, so that the policy
 * (CSP) can name them by their hashes, and no other request is needed.
 */
export async function loadPageHtml(): Promise<PageHtml> {
  const pieces = page.files === undefined ? await bundleNow() : await readBundled(page.files);
  const textOf = (kind: Piece["kind"]) =>
    pieces.flatMap((piece) => (piece.kind === kind ? [piece.text] : [])).join("\n");
  const style = textOf("style").trim();
  // Within a script, the first `</script` would end it.
  const script = textOf("script").trim().replaceAll("</script", "<\\/script");
  const html = textOf("html")
    .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${style}</style>`)
    .replace(/<script[^>]*><\/script>/, () => `<script type="module">${script}</script>`);
  const bytes = new TextEncoder().encode(html);
  return {
    html: bytes,
    compressed: new Uint8Array(Bun.gzipSync(bytes, { level: 9 })),
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy(script, style),
      "cache-control": "no-cache",
      etag: `"${createHash("sha256").update(html).digest("hex").slice(0, 16)}"`,
      vary: "accept-encoding",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    },
  };
}

/** Nothing but this script and this style runs, and nothing but this server is talked to. */
function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** From the sources there is only the page's place: it is bundled here, once. */
async function bundleNow(): Promise<Piece[]> {
  const entrypoints = [`${import.meta.dir}/client/index.html`];
  const { outputs } = await Bun.build({ entrypoints, minify: true, target: "browser" });
  return Promise.all(
    outputs.map(async (output) => ({ kind: kindOf(output.path), text: await output.text() })),
  );
}

function readBundled(files: { path: string }[]): Promise<Piece[]> {
  return Promise.all(
    files.map(async ({ path }) => ({ kind: kindOf(path), text: await Bun.file(path).text() })),
  );
}

function kindOf(path: string): Piece["kind"] {
  if (path.endsWith(".html")) return "html";
  return path.endsWith(".css") ? "style" : "script";
}
