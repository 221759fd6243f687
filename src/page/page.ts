import type { ExchangeRecord } from "../observe/record.ts";
import type { Ring } from "../observe/ring.ts";
import { createPageFeed } from "./page-feed.ts";
import { loadPageHtml, type PageHtml } from "./page-html.ts";
import type { Detail, HistoryAnswer, PageStatus, Trial, TrialResult } from "./wire.ts";

/** What the page is made with. */
export interface PageSettings {
  ring: Ring;
  status: () => PageStatus;
  /** Cases that can be tried with a button each. */
  trials?: { list: Trial[]; run: (name: string) => Promise<TrialResult> };
  /** Exchanges from one time to another, in epoch milliseconds. */
  history?: { query: (from: number, to: number) => HistoryAnswer };
  /** Saves an exchange as a recording; resolves to its path, or to undefined where it is gone. */
  capture?: { save: (record: ExchangeRecord) => Promise<string | undefined> };
}

/**
 * The live page. Whoever mounts it decides who may read it: `/` holds nothing that is secret, all
 * that `/page/*` says is for those who may see exchanges.
 */
export interface Page {
  /** Answers `GET /` and everything below `/page/`. */
  respond(request: Request): Promise<Response>;
  close(): void;
}

/** Scripts alone can send it, and those of other origins only where CORS allows it. */
const PAGE_HEADER = "x-candor-page";

/** How often what is open is looked at while nobody reads. */
const SAMPLE_MS = 2500;

/** Creates the live page. */
export function createPage(settings: PageSettings): Page {
  const { ring, status, trials, history, capture } = settings;
  const features = {
    hasHistory: history !== undefined,
    hasCapture: capture !== undefined,
    trials: trials?.list ?? [],
  };
  const feed = createPageFeed({ ring, status, features });
  const sampling = setInterval(() => ring.timeline.sample(), SAMPLE_MS);
  sampling.unref();
  let html: Promise<PageHtml> | undefined;

  async function answer(request: Request, url: URL): Promise<Response> {
    const [, , resource = "", ...rest] = url.pathname.split("/");
    const name = decodeURIComponent(rest.join("/"));
    if (request.method === "POST") return post(request, resource, name);
    if (request.method !== "GET" && request.method !== "HEAD")
      return problem(405, "Use GET or POST.");
    if (url.pathname === "/") return htmlResponse(request, await (html ??= loadPageHtml()));
    if (resource === "feed") return feedResponse(feed.open());
    if (resource === "exchange") return detailResponse(ring, Number(name));
    if (resource === "history" && history !== undefined) {
      const time = (parameter: string) => Number(url.searchParams.get(parameter));
      return json(history.query(time("from"), time("to")));
    }
    return problem(404, "The page has nothing there.");
  }
  async function post(request: Request, resource: string, name: string): Promise<Response> {
    if (!request.headers.has(PAGE_HEADER))
      return problem(403, `Send the header field ${PAGE_HEADER}.`);
    if (resource === "try" && trials?.list.some((trial) => trial.name === name) === true) {
      return json(await trials.run(name));
    }
    const seen = resource === "capture" ? ring.find(Number(name)) : undefined;
    const path = seen === undefined ? undefined : await capture?.save(seen.record);
    return path === undefined
      ? problem(404, "This exchange cannot be saved: it is gone, or capture is off.")
      : json({ path });
  }
  return {
    async respond(request) {
      try {
        return await answer(request, new URL(request.url));
      } catch (error) {
        // What an address holds may not be decodable.
        if (error instanceof URIError) return problem(400, "The address cannot be decoded.");
        throw error;
      }
    },
    close() {
      clearInterval(sampling);
      feed.close();
    },
  };
}

/** A list of codings with gzip, unless its weight is 0 (RFC 9110 §12.4.2). */
const GZIP = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i;

function htmlResponse({ headers: asked, method }: Request, page: PageHtml): Response {
  if (asked.get("if-none-match") === page.headers["etag"]) {
    return new Response(null, { status: 304, headers: page.headers });
  }
  const isCompressed = GZIP.test(asked.get("accept-encoding") ?? "");
  const headers = isCompressed ? { ...page.headers, "content-encoding": "gzip" } : page.headers;
  const body = isCompressed ? page.compressed : page.html;
  return new Response(method === "HEAD" ? null : body, { headers });
}

function feedResponse(body: ReadableStream<Uint8Array> | undefined): Response {
  if (body === undefined) return problem(503, "Too many pages are open.");
  const headers = {
    ...API_HEADERS,
    "content-type": "application/x-ndjson",
    "x-accel-buffering": "no",
  };
  return new Response(body, { headers });
}

function detailResponse(ring: Ring, n: number): Response {
  const found = ring.find(n);
  if (found === undefined) return problem(404, "This exchange is no longer kept.");
  const { record, exhibit } = found;
  const detail: Detail = exhibit === undefined ? { n, record } : { n, record, exhibit };
  return json(detail);
}

const API_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

function json(value: unknown, status = 200): Response {
  return Response.json(value, { status, headers: API_HEADERS });
}

function problem(status: number, message: string): Response {
  return json({ error: { message } }, status);
}
