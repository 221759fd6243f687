import type { Agent } from "./agent.ts";
import { claudeCode } from "./claude-code.ts";
import { cline } from "./cline.ts";
import { codex, codexWithLogin } from "./codex.ts";
import { continueCli } from "./continue.ts";
import { opencode } from "./opencode.ts";
import { pi } from "./pi.ts";
import { qwenCode } from "./qwen-code.ts";

/** All agents that are run, by the names that the matrix gives them. */
export const AGENTS: Record<string, Agent> = {
  codex,
  "codex-login": codexWithLogin,
  "claude-code": claudeCode,
  opencode,
  "qwen-code": qwenCode,
  continue: continueCli,
  cline,
  pi,
};
