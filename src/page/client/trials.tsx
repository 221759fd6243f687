import { useState } from "preact/hooks";
import { readableText } from "../readable-text.ts";
import type { Trial, TrialResult } from "../wire.ts";
import { requestHeaders } from "./page-key.ts";

/** The worst cases, with a button each: press it, and see what was said and what the client is told. */
export function Trials({ trials }: { trials: Trial[] }) {
  const [tried, setTried] = useState<{ trial: Trial; result: TrialResult | undefined }>();
  const run = async (trial: Trial) => {
    setTried({ trial, result: undefined });
    const init = { method: "POST", headers: requestHeaders() };
    const response = await fetch(`/page/try/${encodeURIComponent(trial.name)}`, init);
    const answer = await response.json();
    const failed = { said: "", got: response.ok ? "" : answer.error.message };
    setTried({ trial, result: response.ok ? answer : failed });
  };
  return (
    <section class="panel trials" aria-label="Try the worst cases">
      <h2>Try what OpenRouter does</h2>
      <div class="buttons">
        {trials.map((trial) => (
          <button
            key={trial.name}
            type="button"
            aria-pressed={tried?.trial === trial}
            onClick={() => void run(trial)}
          >
            {trial.story}
          </button>
        ))}
      </div>
      <div aria-live="polite">
        {tried !== undefined && (
          <div class="exhibits" aria-busy={tried.result === undefined}>
            <figure>
              <figcaption>OpenRouter says</figcaption>
              <pre tabIndex={0}>{readableText(tried.result?.said ?? "…")}</pre>
            </figure>
            <figure>
              <figcaption>Behind Candor, the client is told</figcaption>
              <pre tabIndex={0}>{readableText(tried.result?.got ?? "…")}</pre>
            </figure>
          </div>
        )}
      </div>
    </section>
  );
}
