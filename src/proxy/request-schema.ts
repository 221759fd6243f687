import type { TSchema } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { type ValueError, ValueErrorType } from "@sinclair/typebox/errors";

/** What is certain to be wrong with a request: a sentence, and the field it is about. */
export interface RequestFlaw {
  param: string | null;
  message: string;
}

/** Finds the first thing that is certainly wrong with the body of a request. */
export type FindFlaw = (body: unknown) => RequestFlaw | undefined;

/** Compiles a schema into a function that finds the first thing that is wrong with a body. */
export function compileFlawFinder(schema: TSchema): FindFlaw {
  const compiled = TypeCompiler.Compile(schema);
  return (body) => {
    // `Check` first: looking for errors costs many times as much, and nearly always there are none.
    const error = compiled.Check(body) ? undefined : compiled.Errors(body).First();
    return error && describeFlaw(error);
  };
}

/** A TypeBox error as a sentence that names the field the way a programmer would write it. */
function describeFlaw({ path, type, schema }: ValueError): RequestFlaw {
  const param = fieldName(path);
  if (type === ValueErrorType.ObjectRequiredProperty) return missingField(param ?? "The body");
  const expected = schema.description ?? "something else";
  return { param, message: `${param ?? "The body"} has to be ${expected}.` };
}

/** The flaw that a field is not there. */
export function missingField(param: string): RequestFlaw {
  return { param, message: `${param} is required.` };
}

/** `/messages/0/role`, a JSON pointer (RFC 6901), as `messages[0].role`; null for the whole. */
function fieldName(pointer: string): string | null {
  const keys = pointer.split("/").slice(1);
  const names = keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const name = names.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join("");
  return name === "" ? null : name.replace(/^\./, "");
}
