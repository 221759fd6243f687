const encoder = new TextEncoder();
const decoder = new TextDecoder();
const withBom = new TextDecoder("utf-8", { ignoreBOM: true });

/** The bytes of a text. */
export function encode(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text of a whole body, or of its beginning: a BOM is no part of it. None has no text. */
export function decode(bytes: Uint8Array | ArrayBuffer | undefined): string {
  return decoder.decode(bytes);
}

/** The text of bytes from within a body, where a BOM is a character like any other. */
export function decodePart(bytes: Uint8Array | ArrayBuffer): string {
  return withBom.decode(bytes);
}
