import { Deadline, TOO_LATE } from "../core/deadline.ts";
import { isObject, type JsonObject, parseJson } from "../core/json.ts";
import { decode, encode } from "../core/utf8.ts";

/** How often white space goes out at the least: proxies wait 30 s and more for the next byte. */
const PADDING_MS = 10_000;

/** White space is nothing in JSON (RFC 8259 §2), and keeps a connection alive. */
const SPACE = encode(" ");

export interface EarlyCommit {
  untilMs: number;
  /** How often white space goes out behind the commit, where that is less than 10 s. */
  keepAliveMs: number;
  onCommit: () => void;
}

/**
 * A JSON answer that begins no later than `untilMs` from now. Proxies in front of us give up on a
 * silent answer (CloudFront, Google's load balancers, Heroku after 30 s): at the limit 200 is
 * committed, white space goes out, and a failure that comes later is told in the body, with its
 * `status`. `onCommit` is called at the limit. `answer` must not reject.
 */
export async function commitByLimit(
  answer: Promise<Response>,
  { untilMs, keepAliveMs, onCommit }: EarlyCommit,
): Promise<Response> {
  const deadline = new Deadline();
  const inTime = await deadline.wait(answer, untilMs);
  deadline.clear();
  if (inTime !== TOO_LATE) return inTime;
  onCommit();
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    // Else nginx keeps the white space for itself, and a proxy in front of it gives up.
    "x-accel-buffering": "no",
  };
  const everyMs = Math.min(keepAliveMs, PADDING_MS);
  return new Response(paddedBody(answer, everyMs, deadline), { headers });
}

/** The body of an answer that is still to come, behind white space. */
function paddedBody(
  answer: Promise<Response>,
  everyMs: number,
  deadline: Deadline,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      // The server sends no status line before there is a first byte behind it.
      start: (client) => client.enqueue(SPACE),
      async pull(client) {
        const response = await deadline.wait(answer, everyMs);
        deadline.clear();
        if (response === TOO_LATE) return client.enqueue(SPACE);
        client.enqueue(await bodyOf(response));
        client.close();
      },
      cancel: () => deadline.clear(),
    },
    { highWaterMark: 0 },
  );
}

/** The whole body of an answer; that of a failure with its status, which no status line can tell. */
async function bodyOf(response: Response): Promise<Uint8Array> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.ok) return bytes;
  const body = parseJson(decode(bytes));
  return encode(JSON.stringify(withStatus(body, response.status)));
}

function withStatus(body: unknown, status: number): JsonObject {
  const fields = isObject(body) ? body : {};
  const error = isObject(fields["error"]) ? fields["error"] : {};
  return { ...fields, error: { ...error, status } };
}
