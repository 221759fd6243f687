import type { Metrics } from "../../observe/metrics.ts";
import type { Page } from "../../page/page.ts";
import { TOKEN_FIELD } from "./parent-pages.ts";

/** The page and the metrics as a worker has them: its parent answers. */
export interface PagesOfParent {
  page: Page;
  respond: Metrics["respond"];
}

/** Fields of the parent's answer that are about the connection between the two. */
const HOP_FIELDS = ["connection", "keep-alive", "transfer-encoding", "content-length", "date"];

/** Passes requests for the page and the metrics on to the parent. */
export function createPagesOfParent(socket: string, token: string): PagesOfParent {
  const closing = new AbortController();

  async function ask(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set(TOKEN_FIELD, token);
    headers.delete("connection");
    const answer = await fetch(`http://parent${path}`, {
      ...init,
      headers,
      unix: `\0${socket}`,
      redirect: "manual",
      // As it is, so that its Content-Encoding stays true.
      decompress: false,
      timeout: false,
    });
    const kept = new Headers(answer.headers);
    for (const field of HOP_FIELDS) kept.delete(field);
    return new Response(answer.body, { status: answer.status, headers: kept });
  }
  return {
    respond: () => ask("/metrics", {}),
    page: {
      respond(request) {
        const { method, headers, url } = request;
        const { pathname, search } = new URL(url);
        const signal = AbortSignal.any([request.signal, closing.signal]);
        return ask(pathname + search, { method, headers, signal });
      },
      close: () => closing.abort(),
    },
  };
}
