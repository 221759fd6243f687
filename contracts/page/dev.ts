import { createChance, createFullRing, EXHIBIT, madeUpExchange } from "./made-up-traffic.ts";
import { startPageServer } from "./page-server.ts";

/** `bun contracts/page/dev.ts [port]`: the page with made-up traffic, to look at while it is built. */
const server = startPageServer({
  ring: createFullRing(400),
  port: Number(process.argv[2] ?? 4173),
  trials: {
    list: [
      { name: "a", story: "a 200 that holds a 429" },
      { name: "b", story: "comments, then a 429" },
    ],
    run: async () => ({
      said: `HTTP/1.1 200 OK\n\n${EXHIBIT.upstreamError}`,
      got: `HTTP/1.1 429 Too Many Requests\n\n${EXHIBIT.answer}`,
    }),
  },
});
const chance = createChance(Date.now());
setInterval(() => {
  const exchange = madeUpExchange(chance, Date.now());
  server.ring.sink.end(exchange, exchange.outcome === "repaired" ? EXHIBIT : undefined);
}, 700);
console.log(server.url);
