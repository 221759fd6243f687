import { createParser } from "eventsource-parser";
import { parseJson } from "./reference-judge.ts";

/** One block of an event stream, up to the blank line that ends it, and what it says. */
export interface ReferenceBlock {
  /** As it came; Latin-1, so that one character is one byte. */
  text: string;
  /** What goes out of it: no comments, and nothing where no line but blank ones, or no data, is left. */
  written: string;
  /** No blank line ends it: the body ended first. */
  isOpen: boolean;
  isError: boolean;
  data: string | undefined;
  /** The JSON that stands in it without a field name: all such lines as one, and line by line. */
  bare: unknown[];
}

/** The blocks of a whole body. What no blank line ends is dropped where the body was cut. */
export function blocksOf(body: Uint8Array, isCut: boolean): ReferenceBlock[] {
  const blocks: ReferenceBlock[] = [];
  for (const { text, isOpen } of blockTexts(Buffer.from(body).toString("latin1"))) {
    if (!isOpen || !isCut) blocks.push(readBlock(text, isOpen, blocks.length === 0));
  }
  return blocks;
}

/** The texts of the blocks; Latin-1, so that one character is one byte. */
function blockTexts(text: string): { text: string; isOpen: boolean }[] {
  const blocks: { text: string; isOpen: boolean }[] = [];
  let block = "";
  let previous = "";
  for (const [line] of text.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)) {
    // Behind two bare CRs the event is complete: an LF may belong to the second, but comes late.
    const isLate = line === "\r\n" && previous.endsWith("\r");
    previous = line;
    block += isLate ? "\r" : line;
    if (line !== "\n" && line !== "\r" && line !== "\r\n") continue;
    blocks.push({ text: block, isOpen: false });
    block = isLate ? "\n" : "";
  }
  return block === "" ? blocks : [...blocks, { text: block, isOpen: true }];
}

function readBlock(latin1: string, isOpen: boolean, isFirst: boolean): ReferenceBlock {
  // A BOM is one at the beginning of the stream only (HTML §9.2.5).
  const text = isFirst ? latin1.replace(/^\u00ef\u00bb\u00bf/, "") : latin1;
  const block: ReferenceBlock = {
    text,
    written: "",
    isOpen,
    isError: false,
    data: undefined,
    bare: [],
  };
  const stray: string[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      block.isError = event === "error";
      block.data = data;
    },
    onError: ({ line }) => stray.push(line ?? ""),
  });
  const bytes = Buffer.from(text, "latin1");
  parser.feed(`\n${new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)}\n\n`);
  block.bare = [stray.join("\n"), ...stray].map(parseJson);
  block.written = isHeartbeat(block) ? "" : withoutComments(text);
  return block;
}

/** Whether a block has data that is blank; an error event is one whatever its data. */
export function isHeartbeat({ data, isError }: ReferenceBlock): boolean {
  return data !== undefined && data.trim() === "" && !isError;
}

function withoutComments(text: string): string {
  const lines = [...text.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)].map(([line]) => line);
  const kept = lines.filter((line) => !line.startsWith(":"));
  // A CR and an LF between which a comment stood would become one line end, and the event would go on.
  const written = kept.reduce(
    (before, line) => before + (before.endsWith("\r") && line === "\n" ? "\n" : "") + line,
    "",
  );
  return /[^\r\n]/.test(written) ? written : "";
}
