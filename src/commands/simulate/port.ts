/** A port from its text. Throws an error that says what is allowed. */
export function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new Error(`"${text}" is no port: it has to be a whole number from 0 to 65535`);
}
