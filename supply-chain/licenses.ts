import { writeFileSync } from "node:fs";
import { describeLicenses } from "./license-list.ts";

// `bun run licenses`: renews the text that the executable holds.
writeFileSync(`${import.meta.dir}/../THIRD-PARTY-LICENSES.txt`, describeLicenses());
