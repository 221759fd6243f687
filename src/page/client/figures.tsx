import type { ExchangeRecord } from "../../observe/record.ts";
import type { Span } from "../../observe/timeline.ts";
import { duration, percent } from "../display.ts";
import { firstTokenTimes } from "../first-token.ts";
import { mean, most, sparklineValues, sum } from "../sparkline-values.ts";
import type { Now } from "../wire.ts";
import { Sparkline } from "./sparkline.tsx";

interface FiguresProps {
  records: ExchangeRecord[];
  spans: Span[];
  /** Absent where a time range of the past is shown. */
  now: Now | undefined;
}

/** The four figures: true failures, hidden ones, what is open, and the time to the first token. */
export function Figures({ records, spans, now }: FiguresProps) {
  const total = (read: (span: Span) => number) => sum(spans.map(read));
  const exchanges = total((span) => span.exchanges);
  const failures = total((span) => span.failures);
  const hidden = total((span) => span.hidden);
  const first = firstTokenTimes(records);
  const bars = (read: (span: Span) => number) => sparklineValues(spans, read, sum);
  const scope = now === undefined ? "in this time" : "in the last half hour";
  return (
    <section class="figures" aria-label="Figures">
      <Figure
        title="True failures"
        value={percent(failures, exchanges)}
        note={`${failures} of ${exchanges} ${scope}`}
        tone={failures > 0 ? "bad" : "good"}
      >
        <Sparkline values={bars((span) => span.failures)} tone="bad" isBars />
      </Figure>
      <Figure
        title="Hidden in a 200"
        value={String(hidden)}
        note={
          failures === 0 ? "nothing was hidden" : `${percent(hidden, failures)} of the failures`
        }
        tone={hidden > 0 ? "warn" : "good"}
      >
        <Sparkline values={bars((span) => span.hidden)} tone="warn" isBars />
      </Figure>
      {now === undefined ? (
        <Figure title="Exchanges" value={String(exchanges)} note={scope} tone="plain">
          <Sparkline values={bars((span) => span.exchanges)} tone="plain" isBars />
        </Figure>
      ) : (
        <Figure
          title="Open now"
          value={String(now.openCount)}
          note={`${now.heldCount} of them held back`}
          tone="plain"
        >
          <Sparkline values={sparklineValues(spans, (span) => span.open, most)} tone="plain" />
        </Figure>
      )}
      <Figure
        title="First token"
        value={first === undefined ? "–" : duration(first.median)}
        note={first === undefined ? "no streams yet" : `median; p95 ${duration(first.p95)}`}
        tone="plain"
      >
        <Sparkline values={sparklineValues(spans, (span) => span.firstP50, mean)} tone="plain" />
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
