import type { ExchangeRecord } from "../../observe/record.ts";
import { duration } from "../display.ts";

/** Where the time went: to upstream's headers, held back, and sent to the client. */
export function Phases({ record }: { record: ExchangeRecord }) {
  const { ms = 0, upstreamMs, heldMs = 0 } = record;
  if (upstreamMs === undefined || ms < 1) return null;
  const sentMs = Math.max(0, ms - upstreamMs - heldMs);
  const phases = [
    { name: "to OpenRouter's headers", ms: upstreamMs, tone: "waiting" },
    { name: "held back", ms: heldMs, tone: "held" },
    { name: "sent to the client", ms: sentMs, tone: "sent" },
  ].filter((phase) => phase.ms >= 0.5);
  return (
    <div class="phases">
      <svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
        {phases.map((phase, index) => {
          const before = phases.slice(0, index).reduce((sum, other) => sum + other.ms, 0);
          return (
            <rect
              key={phase.name}
              class={phase.tone}
              x={(before / ms) * 1000}
              width={Math.max(3, (phase.ms / ms) * 1000)}
              height="12"
            />
          );
        })}
      </svg>
      <ul>
        {phases.map((phase) => (
          <li key={phase.name} class={phase.tone}>
            <strong>{duration(phase.ms)}</strong> {phase.name}
          </li>
        ))}
      </ul>
    </div>
  );
}
