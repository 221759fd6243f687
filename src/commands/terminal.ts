import { styleText } from "node:util";

/** How text may look. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow";

/** Where a command prints: how wide it is, whether a person watches, and how it shows colours. */
export interface Terminal {
  width: number;
  isInteractive: boolean;
  /** The text in that style; as it is where no colours are wanted. */
  paint(style: Style, text: string): string;
}

/** What is printed where there is no terminal, as in a pipe or a file. */
export const PLAIN: Terminal = { width: 100, isInteractive: false, paint: (_style, text) => text };

const NARROWEST = 60;

/** The terminal behind a stream. `NO_COLOR` (no-color.org) and `TERM=dumb` ask for no colours. */
export function terminalOf(
  { isTTY, columns }: { isTTY?: boolean; columns?: number },
  environment: Record<string, string | undefined>,
): Terminal {
  if (isTTY !== true) return PLAIN;
  const isPlain = Boolean(environment["NO_COLOR"]) || environment["TERM"] === "dumb";
  return {
    // A terminal may say that it has no columns.
    width: Math.max(NARROWEST, columns || PLAIN.width),
    isInteractive: true,
    paint: isPlain
      ? PLAIN.paint
      : (style, text) => styleText(style, text, { validateStream: false }),
  };
}
