import { duration } from "../display.ts";
import { openSentence } from "../verdict-sentences.ts";
import type { Now } from "../wire.ts";

/** What is under way, the oldest first, and where it stands. */
export function OpenNow({ now }: { now: Now | undefined }) {
  const open = now?.open ?? [];
  return (
    <section class="panel open-now" aria-label="Open now">
      <h2>
        Open now <span class="count">{now?.openCount ?? 0}</span>
      </h2>
      {open.length === 0 && <p class="quiet">Nothing is under way.</p>}
      <ol class="open">
        {open.slice(0, 12).map((record) => {
          const age = (now?.at ?? 0) - record.at;
          const silent = age - (record.lastByteMs ?? 0);
          const isStalled =
            record.state === "relaying" && record.stream === true && silent > 20_000;
          return (
            <li key={record.requestId + record.at} class={isStalled ? "stalled" : record.state}>
              <span class="model">{record.model ?? `${record.method} ${record.path}`}</span>
              <span class="age">{duration(age)}</span>
              <span class="state">{openSentence(record, now?.at ?? 0)}</span>
            </li>
          );
        })}
      </ol>
      {open.length > 12 && <p class="quiet">and {(now?.openCount ?? 0) - 12} more</p>}
    </section>
  );
}
