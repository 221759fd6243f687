import { encode } from "./utf8.ts";

/**
 * What keeps a connection alive and says nothing: a line with one space, which is an unknown field
 * (HTML §9.2.6), and a blank line. Comments, which are made for that, break Go's and other clients.
 */
export const KEEP_ALIVE = encode(" \n\n");
