import { openHistory } from "../../src/observe/history.ts";
import { createChance, createFullRing, EXHIBIT, madeUpExchange } from "./made-up-traffic.ts";
import { startPageServer } from "./page-server.ts";

/** `bun contracts/page/dev.ts [port]`: the page with made-up traffic, to look at while it is built. */
const history = openHistory({ file: ":memory:", onProblem: console.error });
const ring = createFullRing(400);
for (const { record } of ring.recent()) history.sink.end(record);
const server = startPageServer({
  ring,
  port: Number(process.argv[2] ?? 4173),
  history,
  capture: { save: async () => "captured/chat-completions/one.json" },
  trials: {
    list: [
      { name: "a", story: "a 200 that holds a 429" },
      { name: "b", story: "comments, then a 429" },
      { name: "c", story: "minutes of padding, then a 504" },
      { name: "d", story: "two words, then the line drops" },
    ],
    run: async () => ({
      said: `HTTP/1.1 200 OK\n\n${EXHIBIT.upstreamError}`,
      got: `HTTP/1.1 429 Too Many Requests\nRetry-After: 2\n\n${EXHIBIT.answer}`,
    }),
  },
});
const chance = createChance(Date.now());
setInterval(() => {
  const exchange = madeUpExchange(chance, Date.now());
  ring.sink.end(exchange, exchange.outcome === "repaired" ? EXHIBIT : undefined);
  history.sink.end(exchange);
}, 700);
console.log(server.url);
