// Runs on Node, with the built library: asks for the cases that standard input holds.
import { text } from "node:stream/consumers";
import { truthfulFetch } from "candor/fetch";
import { askCases } from "./ask-cases.ts";

const { baseUrl, cases } = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await askCases(truthfulFetch, baseUrl, cases)));
