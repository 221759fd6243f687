import { truthfulFetch } from "candor/fetch";

const fetch = truthfulFetch({
  onOutcome: ({ status, failure }) => console.error(status, failure?.rule, failure?.message),
});
const response = await fetch("https://openrouter.ai/api/v1/chat/completions", {
  method: "POST",
  headers: {
    authorization: `Bearer ${process.env["OPENROUTER_API_KEY"]}`,
    "content-type": "application/json",
  },
  body: JSON.stringify({
    model: "openai/gpt-4o-mini",
    messages: [{ role: "user", content: "Hello" }],
  }),
});
if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
console.log(await response.text());
