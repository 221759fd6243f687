import { expect, test } from "bun:test";
import { compareFields } from "./fields.ts";

test("fields are told apart by whether they crossed, were changed, added or withheld", () => {
  const upstream = new Headers({ "Content-Type": "text/html", Server: "x", "Retry-After": "1" });
  upstream.append("set-cookie", "a=b");
  upstream.append("set-cookie", "c=d");
  const client = new Headers({ "content-type": "application/json", "retry-after": "1", via: "y" });
  expect(compareFields(upstream, client)).toEqual({
    crossed: ["retry-after"],
    changed: { "content-type": "application/json" },
    added: { via: "y" },
    withheld: ["server", "set-cookie"],
  });
});
