import type { Command } from "./command.ts";
import { checkCommand } from "./check/command.ts";
import { createCompletions } from "./completions.ts";
import { configCommand } from "./config.ts";
import { demo } from "./demo.ts";
import { explainCommand } from "./explain/command.ts";
import { gradeCommand } from "./grade/command.ts";
import { health } from "./health.ts";
import { createHelp } from "./help.ts";
import { licenses } from "./licenses.ts";
import { recordCommand } from "./record/command.ts";
import { serve } from "./serve.ts";
import { simulateCommand } from "./simulate/command.ts";
import { version } from "./version.ts";

/** Everything that the program can do, in the order of its help. */
export const COMMANDS: Command[] = [
  serve,
  demo,
  checkCommand,
  configCommand,
  health,
  explainCommand,
  gradeCommand,
  simulateCommand,
  recordCommand,
  licenses,
  createCompletions(() => COMMANDS),
  version,
  createHelp(() => COMMANDS),
];
