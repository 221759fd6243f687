import type { Dialect } from "../dialect.ts";
import { chat } from "./chat.ts";
import { messages } from "./messages.ts";

/** The dialects of the named endpoints. */
export const NAMED: Dialect[] = [chat, messages];
