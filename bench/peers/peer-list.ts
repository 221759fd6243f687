import { type Contender, CONTENDERS } from "../contenders.ts";
import { contenderOf } from "./contender-of.ts";
import { GATEWAYS } from "./gateways.ts";

/** The floor is no proxy that anybody runs. */
const LEFT_OUT = "floor";

/** All that is compared: the contenders of the bench, and those too slow for it. */
export const PEERS: Contender[] = [
  ...CONTENDERS.filter(({ id }) => id !== LEFT_OUT),
  contenderOf("cliproxyapi", GATEWAYS.cliproxyapi),
  contenderOf("litellm", GATEWAYS.litellm),
];
