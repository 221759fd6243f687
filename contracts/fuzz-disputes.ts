import type { SentBody } from "./fuzz-bytes.ts";
import { blocksOf, type ReferenceBlock } from "./reference-blocks.ts";
import { bodyClaimOf, claimOf } from "./reference-judge.ts";

/**
 * Whether Candor and the reference are known not to agree on a stream: it was cut between the CR
 * and the LF of a blank line, behind a whole event, or has bare JSON whose error is in a choice.
 */
export function isDisputed({ bytes, isCut }: SentBody): boolean {
  if (isCut && Buffer.from(bytes).toString("latin1").endsWith("\n\r")) return true;
  return blocksOf(bytes, isCut).some(hasBareChoiceError);
}

function hasBareChoiceError({ bare }: ReferenceBlock): boolean {
  return bare.some((said) => claimOf(said) !== undefined && !bodyClaimOf(said));
}
