import { basename } from "node:path";

/** A package of the registry: its manifest, and its tarball where it may be downloaded. */
export interface PublishedPackage {
  manifest: { name: string; version: string };
  tarball?: string;
}

/** A registry of npm's on 127.0.0.1, for as long as its scope. */
export interface LocalRegistry extends AsyncDisposable {
  url: string;
  /** The tarballs that were downloaded, by file name. */
  downloads: string[];
}

/** Serves these packages and no others. */
export async function startRegistry(packages: readonly PublishedPackage[]): Promise<LocalRegistry> {
  const downloads: string[] = [];
  const digests = new Map<PublishedPackage, string>();
  for (const published of packages) digests.set(published, await digest(published));
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const { pathname, origin } = new URL(url);
      const name = decodeURIComponent(pathname.slice(1));
      const file = packages.find(({ tarball }) => tarball && basename(tarball) === name);
      if (file?.tarball !== undefined) {
        downloads.push(name);
        return new Response(Bun.file(file.tarball));
      }
      const published = packages.find(({ manifest }) => manifest.name === name);
      if (published === undefined) return new Response("no such package", { status: 404 });
      const { manifest, tarball = "not-to-be-downloaded" } = published;
      const integrity = digests.get(published);
      const dist = { tarball: `${origin}/${basename(tarball)}`, integrity };
      return Response.json({
        name,
        "dist-tags": { latest: manifest.version },
        versions: { [manifest.version]: { ...manifest, dist } },
      });
    },
  });
  return {
    url: server.url.href,
    downloads,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

async function digest({ tarball }: PublishedPackage): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha512");
  if (tarball !== undefined) hasher.update(await Bun.file(tarball).bytes());
  return `sha512-${hasher.digest("base64")}`;
}
