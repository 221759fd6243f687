/**
 * `bun run clients`: puts the SDKs that people use into every situation, without Candor and with
 * it, and writes what their users see to docs/clients.md and README.md. Needs no key and no network.
 */
import { runTrials } from "./in-process/run.ts";
import { describeVersions, outcomesTable } from "./in-process/table.ts";

const PAGE = new URL("../../docs/clients.md", import.meta.url).pathname;
const README = new URL("../../README.md", import.meta.url).pathname;

/** Where the table stands in the README. */
const PLACE = /(<!-- clients -->\n\n)[^]*?(\n\n<!-- \/clients -->)/;

const table = outcomesTable(await runTrials());

const today = new Date().toLocaleDateString("en-GB", { dateStyle: "long" });
const page = `# What the users of SDKs see

\`bun run clients\` put each SDK before an upstream that replays [fixtures](../fixtures), without
Candor and with it, and wrote down how the call ended. On ${today}, with Bun ${Bun.version}:
${describeVersions()}.

A cell holds the text that the user got, then the class of the error, and the status that the SDK
has for it or, where it has none, the word or number that names it; then the requests that reached
upstream, where there was more than one. \`no error\`: nothing says that the answer is not whole.

${table}

What to know of single SDKs:

- \`openai\`, \`@anthropic-ai/sdk\` and \`@langchain/openai\` have no status for an error in a stream that
  is open; \`ai\` has the one that Candor puts into it, with \`@ai-sdk/openai-compatible\` only where the
  event is otherwise a chunk, so not where Candor itself has to say that a stream broke off.
- \`@openrouter/sdk\` takes \`error.code\` for a number, and every event of a stream for a whole chunk. An
  error in OpenAI's form it reports as one that it cannot read. A 5xx it tries again for an hour.
- \`@anthropic-ai/sdk\` parses the data of every event that has a name. The \`[DONE]\` with which
  OpenRouter ends its streams is an error to it, after the whole answer.
- \`@langchain/openai\` tries a 429 again only where a \`Retry-After\` says when.
- A cut connection without Candor is worded by the runtime, here Bun.
`;
await Bun.write(PAGE, page);
const readme = await Bun.file(README).text();
await Bun.write(
  README,
  readme.replace(PLACE, (_, before, after) => before + table + after),
);
console.log(page);
