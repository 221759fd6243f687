import type { Dialect } from "../dialect.ts";
import { chat } from "./chat.ts";

/** The dialects of the named endpoints. */
export const NAMED: Dialect[] = [chat];
