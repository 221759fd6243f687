import type { Span } from "../../observe/timeline.ts";
import { duration, percent } from "../display.ts";
import type { Now } from "../wire.ts";
import { Sparkline } from "./sparkline.tsx";

interface FiguresProps {
  spans: Span[];
  /** Absent where a time range of the past is shown. */
  now: Now | undefined;
}

/** The four figures: true failures, hidden ones, what is open, and the time to the first token. */
export function Figures({ spans, now }: FiguresProps) {
  const total = (read: (span: Span) => number) => spans.reduce((sum, span) => sum + read(span), 0);
  const exchanges = total((span) => span.exchanges);
  const failures = total((span) => span.failures);
  const hidden = total((span) => span.hidden);
  const timed = spans.filter(({ firstP50 }) => firstP50 !== undefined);
  const latest = timed.at(-1);
  const scope = now === undefined ? "in this time" : "in the last half hour";
  return (
    <section class="figures" aria-label="Figures">
      <Figure
        title="True failures"
        value={percent(failures, exchanges)}
        note={`${failures} of ${exchanges} ${scope}`}
        tone={failures > 0 ? "bad" : "good"}
      >
        <Sparkline spans={spans} read={(span) => span.failures} tone="bad" isBars />
      </Figure>
      <Figure
        title="Hidden in a 200"
        value={String(hidden)}
        note={
          failures === 0 ? "nothing was hidden" : `${percent(hidden, failures)} of the failures`
        }
        tone={hidden > 0 ? "warn" : "good"}
      >
        <Sparkline spans={spans} read={(span) => span.hidden} tone="warn" isBars />
      </Figure>
      {now === undefined ? (
        <Figure title="Exchanges" value={String(exchanges)} note={scope} tone="plain">
          <Sparkline spans={spans} read={(span) => span.exchanges} tone="plain" isBars />
        </Figure>
      ) : (
        <Figure
          title="Open now"
          value={String(now.openCount)}
          note={`${now.heldCount} of them held back`}
          tone="plain"
        >
          <Sparkline spans={spans} read={(span) => span.open} tone="plain" />
        </Figure>
      )}
      <Figure
        title="First token"
        value={latest?.firstP50 === undefined ? "–" : duration(latest.firstP50)}
        note={
          latest?.firstP95 === undefined ? "no streams yet" : `p95 ${duration(latest.firstP95)}`
        }
        tone="plain"
      >
        <Sparkline spans={timed} read={(span) => span.firstP50 ?? 0} tone="plain" />
      </Figure>
    </section>
  );
}

interface FigureProps {
  title: string;
  value: string;
  note: string;
  tone: string;
  children: preact.ComponentChildren;
}

function Figure({ title, value, note, tone, children }: FigureProps) {
  return (
    <div class={`figure ${tone}`}>
      <h2>{title}</h2>
      <p class="value">{value}</p>
      <p class="note">{note}</p>
      <div class="spark" aria-hidden="true">
        {children}
      </div>
    </div>
  );
}
