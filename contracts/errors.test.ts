import { afterAll, describe, expect, test } from "bun:test";
import { type ExpectedError, expectedHeaders } from "./expected/error.ts";
import { errorStatuses } from "./expected/error-statuses.ts";
import { jsonErrors } from "./expected/json-errors.ts";
import { streamErrors } from "./expected/stream-errors.ts";
import { CHAT, openSockets, throughMsw, type Way } from "./ways.ts";

const sockets = openSockets();
afterAll(sockets.stop);

/** One contract for each expectation and each way to replay it: the whole answer, and nothing but. */
function contract(title: string, expectations: Record<string, ExpectedError>): void {
  const ways: [string, Way][] = [
    ["through MSW", throughMsw],
    ["over sockets", sockets.way],
  ];
  for (const [wayName, way] of ways) {
    describe(wayName, () => {
      test.each(Object.entries(expectations))(`${title}: %s`, async (name, expected) => {
        const fixture = CHAT.get(name);
        if (fixture === undefined) throw new Error(`There is no fixture ${name}.`);
        const seen = await way(name, fixture);
        expect(seen.status).toBe(expected.status);
        expect(seen.headers).toEqual(expectedHeaders(expected, fixture));
        expect(JSON.parse(new TextDecoder().decode(seen.body))).toEqual(expected.body);
      });
    });
  }
}

contract("a 200 that holds an error, or no answer, leaves with its true status", jsonErrors);
contract("a stream that fails before it says anything leaves as JSON", streamErrors);
contract("a status that is true is kept, and its body put into OpenAI's form", errorStatuses);
