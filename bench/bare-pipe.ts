/**
 * The yardstick: the least that a proxy on this platform can do. It reads the request's body, asks
 * upstream, and returns `fetch`'s response untouched. Its argument is upstream's base URL.
 */
const upstream = `${Bun.argv[2] ?? ""}/chat/completions`;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  idleTimeout: 255,
  async fetch(request) {
    const body = await request.bytes();
    return fetch(upstream, {
      method: "POST",
      headers: request.headers,
      body,
      redirect: "manual",
    });
  },
});
console.log(server.url.origin);
