import { mkdir } from "node:fs/promises";
import { type Front, startFront } from "./front.ts";

/** What a guide changes in the configuration that Debian's package brings. */
export interface Usual {
  /** Where Candor listens, as host and port. */
  candor: string;
  /** With the line that every guide has: the client's address is passed on. */
  isForwarded: boolean;
  /** How long it waits for a silent answer, in place of its own 50 or 60 s; Caddy has no such limit. */
  limitMs?: number;
}

/** nginx with Debian's `nginx.conf`, and a site that passes everything on. */
export function startNginx({ candor, isForwarded, limitMs }: Usual): Promise<Front> {
  return startFront(async ({ port, folder, debian }) => {
    const lines = [
      `listen 127.0.0.1:${port};`,
      isForwarded ? "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" : "",
      limitMs === undefined ? "" : `proxy_read_timeout ${limitMs}ms;`,
      `location / { proxy_pass http://${candor}; }`,
    ];
    await Bun.write(`${folder}/sites-enabled/candor`, `server {\n${lines.join("\n")}\n}\n`);
    await writeNginxMain(folder, debian);
    return nginxCommand(folder);
  });
}

/** Writes Debian's `nginx.conf` for a run in this folder: its sites are those of `sites-enabled`. */
export async function writeNginxMain(folder: string, debian: string): Promise<void> {
  const kinds = ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"];
  const paths = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  await Bun.write(`${folder}/conf.d/paths.conf`, paths.join("\n"));
  const main = await Bun.file(`${debian}/etc/nginx/nginx.conf`).text();
  const moved = main
    .replace(/^user .*;$/m, "user root;")
    .replaceAll("/etc/nginx/", `${folder}/`)
    .replace(`${folder}/mime.types`, `${debian}/etc/nginx/mime.types`)
    .replaceAll("/var/log/nginx/", `${folder}/`)
    .replace("/run/nginx.pid", `${folder}/nginx.pid`);
  await Bun.write(`${folder}/nginx.conf`, moved);
}

/** How nginx is started with what lies in this folder. */
export function nginxCommand(folder: string) {
  const settings = ["-p", folder, "-c", `${folder}/nginx.conf`, "-e", `${folder}/error.log`];
  return { program: "usr/sbin/nginx", arguments: [...settings, "-g", "daemon off;"] };
}

/** HAProxy with the `defaults` of Debian's `haproxy.cfg`, a frontend and a backend. */
export function startHaproxy({ candor, isForwarded, limitMs }: Usual): Promise<Front> {
  return startFront(async ({ port, folder, debian }) => {
    const shipped = await Bun.file(`${debian}/etc/haproxy/haproxy.cfg`).text();
    // Its global section is about users, a chroot and a daemon, which a test cannot have.
    const defaults = shipped
      .slice(shipped.indexOf("\ndefaults"))
      .replaceAll("/etc/haproxy/", `${debian}/etc/haproxy/`)
      .replaceAll(/(timeout (?:client|server) +)50000/g, `$1${limitMs ?? 50_000}`);
    const site = [
      "frontend web",
      `  bind 127.0.0.1:${port}`,
      isForwarded ? "  option forwardfor" : "",
      "  default_backend candor",
      "backend candor",
      `  server candor ${candor}`,
    ];
    await Bun.write(`${folder}/haproxy.cfg`, `${defaults}\n${site.join("\n")}\n`);
    return haproxyCommand(folder);
  });
}

/** How HAProxy is started with what lies in this folder. */
export function haproxyCommand(folder: string) {
  return { program: "usr/sbin/haproxy", arguments: ["-db", "-f", `${folder}/haproxy.cfg`] };
}

/** Caddy with its one line; it passes the client's address on without being told. */
export function startCaddy({ candor, limitMs }: Usual): Promise<Front> {
  return startFront(async ({ port, folder }) => {
    const limit = limitMs === undefined ? "" : `response_header_timeout ${limitMs}ms`;
    const proxy = `reverse_proxy ${candor} {\n transport http {\n ${limit}\n }\n }`;
    await writeCaddyfile(folder, `http://127.0.0.1:${port} {\n ${proxy}\n}\n`);
    return caddyCommand(folder);
  });
}

/** Writes a Caddyfile whose run opens no port beside its sites'. */
export async function writeCaddyfile(folder: string, sites: string): Promise<void> {
  await mkdir(`${folder}/data`, { recursive: true });
  const options = `admin off\n storage file_system ${folder}/data`;
  await Bun.write(`${folder}/Caddyfile`, `{\n ${options}\n}\n${sites}`);
}

/** How Caddy is started with what lies in this folder. */
export function caddyCommand(folder: string) {
  const config = ["--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"];
  return { program: "usr/bin/caddy", arguments: ["run", ...config] };
}
