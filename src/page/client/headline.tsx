import type { Finding } from "../diagnosis.ts";

const BLAME_WORDS = {
  OpenRouter: "It is OpenRouter",
  Candor: "It is Candor",
  "your application": "It is your application",
  nobody: "",
};

/** What is wrong, in one sentence; behind it, what else is. */
export function Headline({ findings }: { findings: Finding[] }) {
  const [first, ...others] = findings;
  return (
    <section class={`headline ${first?.gravity ?? "idle"}`} aria-label="What is going on">
      <div aria-live="polite">
        {first === undefined ? (
          <p class="sentence">Asking Candor…</p>
        ) : (
          <>
            {first.blame !== "nobody" && <p class="blame">{BLAME_WORDS[first.blame]}</p>}
            <p class="sentence">{first.sentence}</p>
            <p class="advice">{first.advice}</p>
          </>
        )}
      </div>
      {others.length > 0 && (
        <ul class="others">
          {others.map(({ sentence, advice, gravity }) => (
            <li key={sentence} class={gravity}>
              <strong>{sentence}</strong> {advice}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
