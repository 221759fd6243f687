import type { Gateway } from "../../contracts/clients/gateways/gateway.ts";
import { litellm } from "../../contracts/clients/gateways/litellm.ts";
import { portkey } from "../../contracts/clients/gateways/portkey.ts";
import { cliproxyapi } from "./cliproxyapi.ts";
import { fastapi } from "./fastapi.ts";
import { nginx } from "./nginx.ts";

/** All that is installed to be measured beside Candor, by the name of its folder. */
export const GATEWAYS: Record<
  "nginx" | "fastapi" | "portkey" | "cliproxyapi" | "litellm",
  Gateway
> = {
  nginx,
  fastapi,
  portkey,
  cliproxyapi,
  litellm,
};
