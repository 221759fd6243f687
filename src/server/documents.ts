import { createHash } from "node:crypto";
import { DOCS_STYLE, docsPage } from "./docs-page.ts";
import { describeApi } from "./openapi.ts";
import type { ApiDocument } from "./openapi-document.ts";

/** The documents about the API. They hold nothing of this server, and need no key. */
export interface Documents {
  /** `GET /openapi.json`. */
  openapi(): Promise<Response>;
  /** `GET /docs`: the same for people. */
  docs(): Promise<Response>;
}

/** Creates the documents: they are made when somebody asks for the first time. */
export function createDocuments(): Documents {
  let made: Promise<ApiDocument> | undefined;
  const document = () => (made ??= describeApi());
  return {
    openapi: async () => Response.json(await document(), { headers: FIELDS }),
    docs: async () => new Response(docsPage(await document()), { headers: PAGE_FIELDS }),
  };
}

const FIELDS = { "cache-control": "no-cache" };

/** Nothing runs in the page, and it asks no host for anything. */
const PAGE_FIELDS = {
  ...FIELDS,
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(DOCS_STYLE).digest("base64")}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};
