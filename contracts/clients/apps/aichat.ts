import { join } from "node:path";

// bun aichat.ts FOLDER BASE_URL MODEL KIND: one question to aichat, as a user's script asks it.
const [folder = "", baseUrl = "", model = "", kind = ""] = Bun.argv.slice(2);
const configuration = join(process.env["HOME"] ?? "", "aichat");
// JSON, which YAML takes as well.
const settings = {
  model: `openrouter:${model}`,
  clients: [
    {
      type: "openai-compatible",
      name: "openrouter",
      api_base: baseUrl,
      api_key: "any",
      models: [{ name: model }],
    },
  ],
};
await Bun.write(join(configuration, "config.yaml"), JSON.stringify(settings));

const words = [join(folder, "aichat/bin/aichat"), ...(kind === "plain" ? ["-S"] : []), "Hello"];
const aichat = Bun.spawn(words, {
  env: { ...process.env, AICHAT_CONFIG_DIR: configuration },
  stdin: "ignore",
  stdout: "pipe",
  stderr: "pipe",
});
const [text, complaint] = await Promise.all([aichat.stdout.text(), aichat.stderr.text()]);
const exitCode = await aichat.exited;
const message = complaint.trim();

console.log(
  JSON.stringify({
    text: text.trim(),
    outcome: exitCode === 0 ? "answer" : "error",
    class: exitCode === 0 ? null : `exit status ${exitCode}`,
    // A number may stand among the words; no program can read it.
    status: null,
    message,
    crash: message.includes("panicked at"),
  }),
);
