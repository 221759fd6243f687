import type { Course } from "./course.ts";
import { compareFields } from "./fields.ts";
import { type Explanation, pathOf } from "./report.ts";

/** The explanation for machines: JSON, with Candor's whole answer. */
export function explanationJson(explained: Explanation): string {
  const { capture, asked, answer, outcome, because, claim, course, notes } = explained;
  return JSON.stringify(
    {
      capture: {
        kind: capture.kind,
        status: capture.status,
        bytes: capture.body.length,
        cut: capture.isCut,
      },
      request: {
        method: asked.request.method,
        path: pathOf(asked.request),
        stream: asked.isStream,
      },
      outcome,
      rule: explained.rule ?? null,
      because,
      claimed_status: claim ?? null,
      stream: course === undefined ? null : courseJson(course),
      header_fields: compareFields(capture.headers, answer.headers),
      assumed: [...asked.assumptions, ...capture.assumptions],
      notes,
      answer: {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        ...bodyJson(answer.body),
      },
    },
    null,
    2,
  );
}

/** Each step with its place; at the end of the body without one. */
function courseJson({ events, others, steps }: Course) {
  return {
    events,
    others,
    steps: steps.map(({ kind, place }) => {
      const { event = null, offset = null, text = null } = place ?? {};
      return { kind, event, offset, text };
    }),
  };
}

/** The body as text where it is text, else in Base64. */
function bodyJson(body: Uint8Array): { body: string } | { base64: string } {
  try {
    return { body: new TextDecoder("utf-8", { fatal: true }).decode(body) };
  } catch {
    return { base64: body.toBase64() };
  }
}
