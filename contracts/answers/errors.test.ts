import { afterAll, describe, expect, test } from "bun:test";
import { expectedHeaders } from "../expected/expected-headers.ts";
import { expectedWith } from "../expected/expected.ts";
import { fixtureOf, openSockets, throughMsw, type Way } from "../harness/ways.ts";

const sockets = openSockets();
afterAll(sockets.stop);

const ways: [string, Way][] = [
  ["through MSW", throughMsw],
  ["over sockets", sockets.way],
];
for (const [wayName, way] of ways) {
  describe(wayName, () => {
    // The whole answer, and nothing but.
    test.each(expectedWith("error"))(
      "a failure leaves as what it is: %s",
      async (name, expectation) => {
        const fixture = fixtureOf(name);
        const seen = await way(name, fixture);
        expect([seen.status, seen.isBroken]).toEqual([expectation.status, false]);
        expect(seen.headers).toEqual(expectedHeaders(expectation, fixture));
        expect(JSON.parse(new TextDecoder().decode(seen.body))).toEqual(expectation.body);
      },
    );
  });
}
