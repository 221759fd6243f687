import { settingsDocument } from "./settings-document.ts";

// `bun run docs`
await Bun.write(`${import.meta.dir}/../../docs/settings.md`, settingsDocument());
