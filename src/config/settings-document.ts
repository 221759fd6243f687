import { flagName, variableName } from "./names.ts";
import { allowedValues, SETTINGS, shownDefault } from "./schema.ts";

/** The page `docs/settings.md`, made from the schema: `bun run docs` writes it, a test holds it. */
export function settingsDocument(): string {
  const rows = SETTINGS.map(([setting, schema]) => {
    const cells = [
      `\`${variableName(setting)}\`<br>\`--${flagName(setting)}\``,
      code(shownDefault(schema)),
      `${sentence(schema.description ?? "")} Allowed: ${allowedValues(schema).replace(/,$/, "")}.`,
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `# Settings

Every setting is an environment variable, a flag of the same name, and a line of a configuration file.
A flag wins over a variable, and a variable over the file. A value that is not allowed stops the start
with a sentence that names it. \`candor config\` prints what is in effect and where it comes from,
\`candor check\` finds out whether it works.

A configuration file is TOML, named by \`--config FILE\`. Its names are those of the variables or of the
flags, in capitals or not; a name that is no setting is refused:

\`\`\`toml
port = 8080
stream_hold_ms = 25000
cors_origins = ["https://app.example"]
openrouter_api_key_file = "/run/secrets/openrouter"
\`\`\`

A secret can be read from a file: \`OPENROUTER_API_KEY_FILE\` and \`PROXY_API_KEYS_FILE\` name it. In the
latter every line is a key. Lists are separated by commas.

| Setting | Default | |
| --- | --- | --- |
${rows.join("\n")}

This page is made by \`bun run docs\` from \`src/config/schema.ts\`.
`;
}

function code(text: string): string {
  return /^[\w.:/-]+$/.test(text) && text !== "none" ? `\`${text}\`` : text;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
