// `node --import …/preload.mjs program` runs a program with the built library in place of its fetch.
import { truthfulFetch } from "candor/fetch";

globalThis.fetch = truthfulFetch({ fetch: globalThis.fetch });
