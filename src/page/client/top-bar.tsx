import { useState } from "preact/hooks";
import { OWN_RANGE, RANGES } from "../time-range.ts";
import type { Connection } from "./feed-reader.ts";

const WORDS: Record<Connection, string> = {
  connecting: "connecting",
  live: "live",
  lost: "connection lost, trying again",
  locked: "locked",
};

interface TopBarProps {
  connection: Connection;
  isPaused: boolean;
  onPause: () => void;
  /** How many exchanges have ended while the page was paused. */
  waiting: number;
  hasHistory: boolean;
  range: string;
  onRange: (range: string) => void;
  problem: string | undefined;
}

/** What the page is, whether it is live, and which time it shows. */
export function TopBar(props: TopBarProps) {
  const { connection, isPaused, onPause, waiting, hasHistory, range, onRange, problem } = props;
  const isLive = range === "";
  const state = isLive && isPaused ? "paused" : WORDS[connection];
  return (
    <header class="top">
      <h1>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9" />
          <path d="M9 16.5l5 5L23.5 11" />
        </svg>
        Candor
      </h1>
      <p class={`live ${isLive && isPaused ? "paused" : connection}`} role="status">
        {isLive || connection !== "live" ? state : "history"}
        {waiting > 0 && <span> · {waiting} new</span>}
      </p>
      <div class="controls">
        {problem !== undefined && problem !== "" && <p class="quiet">{problem}</p>}
        {hasHistory && <RangeChoice range={range} onRange={onRange} />}
        {isLive && (
          <button type="button" aria-pressed={isPaused} onClick={onPause}>
            {isPaused ? "Go on" : "Pause"}
          </button>
        )}
      </div>
    </header>
  );
}

function RangeChoice({ range, onRange }: { range: string; onRange: (range: string) => void }) {
  const [isOwn, setOwn] = useState(OWN_RANGE.test(range));
  const [, from = "", to = ""] = OWN_RANGE.exec(range) ?? [];
  const choose = (value: string) => {
    setOwn(value === "own");
    if (value !== "own") onRange(value);
  };
  return (
    <>
      <label>
        <span class="unseen">Time</span>
        <select
          value={isOwn ? "own" : range}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">Live</option>
          {RANGES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
          <option value="own">From … to …</option>
        </select>
      </label>
      {isOwn && (
        <form
          class="own-range"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            onRange(`${String(form.get("from"))}/${String(form.get("to"))}`);
          }}
        >
          <input type="datetime-local" name="from" aria-label="From" required defaultValue={from} />
          <input type="datetime-local" name="to" aria-label="To" required defaultValue={to} />
          <button type="submit">Show</button>
        </form>
      )}
    </>
  );
}
