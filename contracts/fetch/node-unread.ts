// Runs on Node, with the built library: leaves an answer unread, and has nothing more to do.
import { text } from "node:stream/consumers";
import { truthfulFetch } from "candor/fetch";

const { baseUrl } = JSON.parse(await text(process.stdin));
const body = JSON.stringify({ messages: [], stream: true });
const response = await truthfulFetch()(`${baseUrl}/chat/completions`, { method: "POST", body });
process.stdout.write(String(response.status));
