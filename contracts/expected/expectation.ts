import { type Static, Type } from "@sinclair/typebox";

const closed = { additionalProperties: false };
const HeaderFields = Type.Record(Type.String({ pattern: "^[a-z0-9-]+$" }), Type.String());

/** A failed answer, whole. */
const FailedAnswer = Type.Object(
  {
    outcome: Type.Literal("error"),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    /** Names the reason in `Proxy-Status`. */
    rule: Type.String({ minLength: 1 }),
    /** `x-should-retry`. */
    retry: Type.Boolean(),
    /** All header fields beside those that every failed answer has. */
    headers: Type.Optional(HeaderFields),
    body: Type.Unknown(),
  },
  closed,
);

/** A healthy answer, which reaches the client byte for byte: a stream as `relayedBlocks` says. */
const UntouchedAnswer = Type.Object(
  {
    outcome: Type.Literal("untouched"),
    /** All header fields, where there is more, or less, than the recorded content type. */
    headers: Type.Optional(HeaderFields),
  },
  closed,
);

/** A stream that was committed and cannot go out as it came. */
const EndedStream = Type.Object(
  {
    outcome: Type.Literal("ends"),
    /** As in an untouched answer. */
    headers: Type.Optional(HeaderFields),
    /** How many of the recording's `relayedBlocks` go out untouched. */
    kept: Type.Integer({ minimum: 0 }),
    /** The events behind them: the data, or `{event, data}` where an event has a name. */
    after: Type.Array(Type.Unknown()),
    /** Where the connection breaks behind them: without it, the body comes to its end. */
    end: Type.Optional(Type.Literal("broken")),
  },
  closed,
);

/** What a client must get where upstream does what the fixture of the same name holds. */
export const Expectation = Type.Union([FailedAnswer, UntouchedAnswer, EndedStream]);
export type Expectation = Static<typeof Expectation>;
