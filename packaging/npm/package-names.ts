import { name } from "../../package.json" with { type: "json" };
import type { Target } from "../targets.ts";

/** The name on npm of the package that users install: that of `package.json`, and of nothing else. */
export const PACKAGE_NAME = name;

/** The name on npm of the package that holds the program for this target. */
export function platformPackageName(target: Pick<Target, "name">): string {
  return `${PACKAGE_NAME}-${target.name}`;
}
