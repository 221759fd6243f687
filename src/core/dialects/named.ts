import type { Dialect } from "../dialect.ts";
import { chat } from "./chat.ts";
import { completions } from "./completions.ts";
import { embeddings } from "./embeddings.ts";
import { messages } from "./messages.ts";
import { responses } from "./responses.ts";

/** The dialects of the named endpoints. */
export const NAMED: Dialect[] = [chat, completions, embeddings, messages, responses];
