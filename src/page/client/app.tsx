import { useEffect, useMemo, useReducer, useState } from "preact/hooks";
import { findCautions } from "../cautions.ts";
import { ALL_OF_IT, diagnose } from "../diagnosis.ts";
import { type ExchangeFilter, isShown } from "../exchange-filter.ts";
import { EMPTY_MODEL, type LiveModel, type Row, withMessage } from "../live-model.ts";
import { Cautions } from "./cautions.tsx";
import { type Connection, readFeed } from "./feed-reader.ts";
import { ExchangeDetail } from "./exchange-detail.tsx";
import { ExchangeList } from "./exchange-list.tsx";
import { Figures } from "./figures.tsx";
import { Footer } from "./footer.tsx";
import { Groups } from "./groups.tsx";
import { Headline } from "./headline.tsx";
import { KeyForm } from "./key-form.tsx";
import { OpenNow } from "./open-now.tsx";
import { TopBar } from "./top-bar.tsx";
import { Trials } from "./trials.tsx";
import { useAddress } from "./address.ts";
import { useHistory } from "./past.ts";

/** The whole page: what is wrong first, then the figures, then every exchange. */
export function App() {
  const [model, take] = useReducer(withMessage, EMPTY_MODEL);
  const [connection, setConnection] = useState<Connection>("connecting");
  const [attempt, setAttempt] = useState(0);
  const [paused, setPaused] = useState<LiveModel>();
  useEffect(() => readFeed(take, setConnection), [attempt]);

  const { address, setFilter, setRange, setSelected } = useAddress();
  const past = useHistory(address.range);
  const shown = past?.model ?? paused ?? model;
  const isLive = past === undefined && paused === undefined;
  const records = useMemo(() => shown.rows.map(({ record }) => record), [shown.rows]);
  const rows = useMemo(
    () => shown.rows.filter(({ record }) => isShown(record, address.filter)).toReversed(),
    [shown.rows, address.filter],
  );
  const selected = shown.rows.find(({ id }) => id === address.selected);

  if (connection === "locked") return <KeyForm onKey={() => setAttempt(attempt + 1)} />;
  const { now } = model;
  const at = past?.until ?? now?.at ?? Date.now();
  const findings =
    past === undefined
      ? diagnose(records, now?.open ?? [], at)
      : diagnose(records, [], at, ALL_OF_IT);
  const narrow = (more: Partial<ExchangeFilter>) => setFilter({ ...address.filter, ...more });
  return (
    <>
      <a class="skip" href="#exchanges">
        Skip to the exchanges
      </a>
      <TopBar
        connection={connection}
        isPaused={paused !== undefined}
        onPause={() => setPaused(paused === undefined ? model : undefined)}
        waiting={paused === undefined ? 0 : countNew(paused.rows, model.rows)}
        hasHistory={model.features.hasHistory}
        range={address.range}
        onRange={setRange}
        problem={past?.problem}
      />
      <main>
        <Headline findings={now === undefined && past === undefined ? [] : findings} />
        {now !== undefined && <Cautions cautions={findCautions(records, now.status)} />}
        <Figures records={records} spans={shown.spans} now={past === undefined ? now : undefined} />
        {past === undefined && model.features.trials.length > 0 && (
          <Trials trials={model.features.trials} />
        )}
        <div class="columns">
          <ExchangeList
            rows={rows}
            all={shown.rows}
            filter={address.filter}
            onFilter={setFilter}
            selected={address.selected}
            onSelect={setSelected}
            isLive={isLive}
          />
          <div class="aside">
            {past === undefined && <OpenNow now={now} />}
            <Groups records={records} onFilter={narrow} />
          </div>
        </div>
      </main>
      {now !== undefined && <Footer now={now} />}
      {selected !== undefined && (
        <ExchangeDetail
          key={selected.id}
          row={selected}
          isKept={selected.server === now?.status.startedAt}
          hasCapture={model.features.hasCapture}
          onClose={() => setSelected("")}
        />
      )}
    </>
  );
}

/** How many exchanges have ended since the page was paused. */
function countNew(then: Row[], now: Row[]): number {
  const last = then.at(-1)?.id;
  return now.length - 1 - now.findLastIndex(({ id }) => id === last);
}
