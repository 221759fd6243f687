import { type Static, Type } from "@sinclair/typebox";

/** Header fields in the order in which they were sent, repeats included. */
const HeaderPairs = Type.Array(Type.Tuple([Type.String({ minLength: 1 }), Type.String()]));

/**
 * One read of the body, `at` milliseconds after the status line. `base64` stands only where the
 * chunk alone is not valid UTF-8.
 */
const Chunk = Type.Union([
  Type.Object({ at: Type.Number(), text: Type.String() }, { additionalProperties: false }),
  Type.Object({ at: Type.Number(), base64: Type.String() }, { additionalProperties: false }),
]);

/**
 * One exchange with upstream, as a fixture file holds it: what was asked, what upstream did, and
 * how that is known. It says nothing about what Candor answers: that is the contracts' matter.
 */
export const Recording = Type.Object(
  {
    origin: Type.Object({
      /** `recorded` by `candor record`, or `reconstructed` from the public source in `note`. */
      kind: Type.Union([Type.Literal("recorded"), Type.Literal("reconstructed")]),
      at: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}" }),
      note: Type.String({ minLength: 1 }),
    }),
    request: Type.Object({
      method: Type.String(),
      path: Type.String({ pattern: "^/" }),
      headers: HeaderPairs,
      body: Type.String(),
    }),
    response: Type.Object({
      status: Type.Integer(),
      headers: HeaderPairs,
      chunks: Type.Array(Chunk),
      /**
       * `closed`: the body came to its end. Before that, the connection was dropped (`reset`), or
       * closed in good order (`truncated`), or stayed open and nothing more came (`silent`).
       */
      end: Type.Union([
        Type.Literal("closed"),
        Type.Literal("reset"),
        Type.Literal("truncated"),
        Type.Literal("silent"),
      ]),
    }),
  },
  { additionalProperties: false },
);
export type Recording = Static<typeof Recording>;

/** The bytes of one recorded chunk. */
export function chunkBytes(chunk: Static<typeof Chunk>): Uint8Array {
  return "text" in chunk
    ? new TextEncoder().encode(chunk.text)
    : Uint8Array.fromBase64(chunk.base64);
}
