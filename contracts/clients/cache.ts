import { homedir } from "node:os";
import { join } from "node:path";

/** Where clients and gateways are installed, outside of the repository. */
export const CLIENTS_CACHE =
  process.env["CANDOR_CLIENTS_CACHE"] ?? join(homedir(), ".cache/candor-clients");
