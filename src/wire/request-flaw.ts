import type { ValueError } from "@sinclair/typebox/errors";
import type { RequestFlaw } from "./dialect.ts";

/** A TypeBox error as a sentence that names the field the way a programmer would write it. */
export function describeFlaw(error: ValueError): RequestFlaw {
  const param = fieldName(error.path);
  const expected = error.schema.description;
  const problem = expected === undefined ? error.message : `Expected ${expected}`;
  return { param, message: `${param ?? "the body"}: ${problem}` };
}

/** `/messages/0/role`, a JSON pointer (RFC 6901), as `messages[0].role`; null for the whole. */
function fieldName(pointer: string): string | null {
  const keys = pointer.split("/").slice(1);
  const names = keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const name = names.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join("");
  return name === "" ? null : name.replace(/^\./, "");
}
