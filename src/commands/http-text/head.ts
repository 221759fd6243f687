/** The first line of an HTTP message and its header fields, in the order in which they came. */
export interface Head {
  startLine: string;
  fields: [name: string, value: string][];
  /** Where the body begins. */
  end: number;
}

/** A head; or that its blank line has not come yet; or the line that is no header field. */
export type HeadReading =
  | ({ kind: "head" } & Head)
  | { kind: "incomplete" }
  | { kind: "malformed"; line: string };

/** How lines end: by CRLF alone, as on the wire (RFC 9112 §2.2), or by LF too, as in saved files. */
export type LineEnds = "crlf" | "any";

/** A field name is a token, with the colon at once behind it (RFC 9112 §5.1). */
const FIELD_LINE = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;

// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\0\r\n]/;

const BLANK_LINES = { crlf: /\r\n\r\n/, any: /\r?\n\r?\n/ };
const LINE_ENDS = { crlf: "\r\n", any: /\r?\n/ };

/** Reads the head with which the bytes begin. */
export function readHead(bytes: Buffer, lineEnds: LineEnds): HeadReading {
  const text = bytes.toString("latin1");
  const blank = BLANK_LINES[lineEnds].exec(text);
  if (blank === null) return { kind: "incomplete" };
  return parseHead(text.slice(0, blank.index), blank.index + blank[0].length, lineEnds);
}

/** Reads bytes that are nothing but a head, its blank line missing. */
export function readBareHead(bytes: Buffer, lineEnds: LineEnds): HeadReading {
  return parseHead(bytes.toString("latin1").trimEnd(), bytes.length, lineEnds);
}

function parseHead(text: string, end: number, lineEnds: LineEnds): HeadReading {
  const [startLine = "", ...lines] = text.split(LINE_ENDS[lineEnds]);
  const fields: Head["fields"] = [];
  for (const line of lines) {
    const [, name, value] = FIELD_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined || FORBIDDEN.test(value)) {
      return { kind: "malformed", line };
    }
    fields.push([name, value]);
  }
  return { kind: "head", startLine, fields, end };
}
