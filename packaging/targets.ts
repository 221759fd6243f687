/** A kind of machine that Candor is built for, and how npm tells it from others. */
export interface Target {
  /** As it stands in the names of packages and downloads. */
  name: string;
  /** What `bun build --target` is told. */
  bunTarget: string;
  os: "linux" | "darwin" | "win32";
  cpu: "x64" | "arm64";
  /** On Linux: the C library, and the file of it that starts a program. */
  libc?: { name: "glibc" | "musl"; loader: string };
}

/**
 * Every target, in the order in which the shim tries them. All of x64 are Bun's baseline builds: npm
 * cannot tell a processor without AVX2 from others, and one package for all is half the download of
 * two.
 */
export const TARGETS: readonly Target[] = [
  {
    name: "linux-x64",
    bunTarget: "bun-linux-x64-baseline",
    os: "linux",
    cpu: "x64",
    libc: { name: "glibc", loader: "/lib64/ld-linux-x86-64.so.2" },
  },
  {
    name: "linux-arm64",
    bunTarget: "bun-linux-arm64",
    os: "linux",
    cpu: "arm64",
    libc: { name: "glibc", loader: "/lib/ld-linux-aarch64.so.1" },
  },
  {
    name: "linux-x64-musl",
    bunTarget: "bun-linux-x64-musl-baseline",
    os: "linux",
    cpu: "x64",
    libc: { name: "musl", loader: "/lib/ld-musl-x86_64.so.1" },
  },
  {
    name: "linux-arm64-musl",
    bunTarget: "bun-linux-arm64-musl",
    os: "linux",
    cpu: "arm64",
    libc: { name: "musl", loader: "/lib/ld-musl-aarch64.so.1" },
  },
  { name: "darwin-arm64", bunTarget: "bun-darwin-arm64", os: "darwin", cpu: "arm64" },
  { name: "darwin-x64", bunTarget: "bun-darwin-x64-baseline", os: "darwin", cpu: "x64" },
  { name: "windows-x64", bunTarget: "bun-windows-x64-baseline", os: "win32", cpu: "x64" },
];

/** The name of the program's file on this target. */
export function programFile({ os }: Pick<Target, "os">): string {
  return os === "win32" ? "candor.exe" : "candor";
}

/** The targets whose programs can start on this machine; more than one where it has two C libraries. */
export function targetsOf(
  os: string,
  cpu: string,
  isThere: (loader: string) => boolean,
): readonly Target[] {
  return TARGETS.filter(
    (target) =>
      target.os === os &&
      target.cpu === cpu &&
      (target.libc === undefined || isThere(target.libc.loader)),
  );
}
