import { afterAll, describe, expect, test } from "bun:test";
import { expectedHeaders } from "../expected/error.ts";
import { EXPECTED } from "../expected/index.ts";
import { fixtureOf, openSockets, throughMsw, type Way } from "../harness/ways.ts";

const sockets = openSockets();
afterAll(sockets.stop);

const ways: [string, Way][] = [
  ["through MSW", throughMsw],
  ["over sockets", sockets.way],
];
for (const [wayName, way] of ways) {
  for (const [endpoint, { errors }] of Object.entries(EXPECTED)) {
    describe(`${endpoint} ${wayName}`, () => {
      // The whole answer, and nothing but.
      test.each(Object.entries(errors))(
        "a failure leaves as what it is: %s",
        async (name, error) => {
          const fixture = fixtureOf(`${endpoint}/${name}`);
          const seen = await way(`${endpoint}/${name}`, fixture);
          expect(seen.status).toBe(error.status);
          expect(seen.headers).toEqual(expectedHeaders(error, fixture));
          expect(JSON.parse(new TextDecoder().decode(seen.body))).toEqual(error.body);
        },
      );
    });
  }
}
