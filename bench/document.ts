const DOCS = new URL("../docs", import.meta.url).pathname;

/** The document whose measured parts the commands write. */
export const PERFORMANCE = `${DOCS}/performance.md`;
/** The folder of all documents. */
export const DOCS_FOLDER = DOCS;
/** Its five lines on performance are written by `bun run bench`. */
export const README = new URL("../README.md", import.meta.url).pathname;

/** Whether the command was given no option: only then its result goes into documents. */
export const isWholeRun = process.argv.length === 2;

/**
 * Writes a part of a document that is measured: what stands between `<!-- NAME -->` and
 * `<!-- end of NAME -->`. Throws where the document has no such part.
 */
export async function writePart(file: string, name: string, text: string): Promise<void> {
  const document = await Bun.file(file).text();
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${file} has no part "${name}".`);
  const before = document.slice(0, from + begin.length);
  await Bun.write(file, `${before}${text.trim()}\n${document.slice(to)}`);
}
