import { bytes, duration } from "../display.ts";
import type { Now } from "../wire.ts";

/** What runs, for how long, on whose behalf, and within which limits. */
export function Footer({ now: { at, status } }: { now: Now }) {
  return (
    <footer>
      <p>
        Candor {status.version}, up for {duration(at - status.startedAt)}, in front of{" "}
        <code>{status.upstream}</code>, with {status.keyMode}
        {status.memoryBytes === undefined ? "" : `, in ${bytes(status.memoryBytes)} of memory`}.
      </p>
      <details>
        <summary>Settings in effect</summary>
        <dl class="facts">
          {Object.entries(status.limits).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </footer>
  );
}
