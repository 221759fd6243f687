import type { Dialect } from "../dialect.ts";
import { chat } from "./chat.ts";
import { messages } from "./messages.ts";
import { responses } from "./responses.ts";

/** The dialects of the named endpoints. */
export const NAMED: Dialect[] = [chat, messages, responses];
