/**
 * Stands in for an OpenRouter that has gone mad, in a process of its own. What it answers is named
 * by the request's model. Prints its URL, then one line of JSON when a request begins and one when
 * it is over. On SIGUSR1 it closes every connection.
 */
import { type RawExchange, startRawUpstream } from "../harness/raw-upstream.ts";
import { buildAnswer } from "./answers.ts";
import { KEY, readName, requestBody, type UpstreamLine } from "./exchange.ts";
import type { Step } from "./wire.ts";

const upstream = startRawUpstream();
/** The latest exchange on every open connection, by the end of that connection. */
const connections = new Map<Promise<void>, RawExchange>();
process.on("SIGUSR1", () => {
  for (const exchange of connections.values()) exchange.close();
});
console.log(`listening on ${upstream.url}`);
while (true) void answer(await upstream.next());

async function answer(exchange: RawExchange): Promise<void> {
  const { body, headers } = exchange.request;
  const name = readName(body);
  if (name === undefined) return exchange.reset();
  const { number } = name;
  const { asksStream, steps } = buildAnswer(name);
  const isRight =
    headers.get("authorization") === `Bearer ${KEY}` &&
    !headers.has("cookie") &&
    Buffer.from(body).toString() === requestBody(name, asksStream);
  print({ event: "begun", number, at: Date.now() });
  if (!isRight) print({ event: "wrong", number, at: Date.now() });
  if (!connections.has(exchange.closed)) {
    void exchange.closed.then(() => connections.delete(exchange.closed));
  }
  connections.set(exchange.closed, exchange);
  for (const step of steps) await perform(step, exchange);
  print({ event: "over", number, at: Date.now() });
}

async function perform(step: Step, exchange: RawExchange): Promise<void> {
  if (!exchange.isOpen()) return;
  switch (step.kind) {
    case "write":
      return exchange.write(step.bytes);
    case "wait":
      return await Promise.race([Bun.sleep(step.ms), exchange.closed]);
    case "stall":
      return exchange.closed;
    case "reset":
      return exchange.reset();
    case "close":
      return exchange.close();
  }
}

function print(line: UpstreamLine): void {
  console.log(JSON.stringify(line));
}
