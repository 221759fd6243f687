import { useState } from "preact/hooks";
import { memo } from "preact/compat";
import { duration, shortModel } from "../display.ts";
import type { ExchangeFilter } from "../exchange-filter.ts";
import type { Row } from "../live-model.ts";
import { ruleWords } from "../rule-words.ts";
import { upstreamFailure } from "../../observe/upstream-failure.ts";
import { ExportButtons } from "./export-buttons.tsx";
import { Filters } from "./filters.tsx";
import { StatusPair } from "./status-pair.tsx";

interface ExchangeListProps {
  /** Those that are shown, the latest first. */
  rows: Row[];
  /** All there are, for the choices of the filters. */
  all: Row[];
  filter: ExchangeFilter;
  onFilter: (filter: ExchangeFilter) => void;
  selected: string;
  onSelect: (id: string) => void;
  isLive: boolean;
}

/** How many rows are drawn, until more are asked for. */
const PAGE = 60;

/** Every exchange in one row: what upstream said, what the client got, and why. */
export function ExchangeList(props: ExchangeListProps) {
  const { rows, all, filter, onFilter, selected, onSelect } = props;
  const [most, setMost] = useState(PAGE);
  return (
    <section class="panel exchanges" id="exchanges" aria-label="Exchanges">
      <div class="panel-head">
        <h2>
          Exchanges <span class="count">{rows.length}</span>
        </h2>
        <ExportButtons rows={rows} />
      </div>
      <Filters all={all} filter={filter} onFilter={onFilter} />
      <table onKeyDown={moveFocus}>
        <thead>
          <tr>
            <th scope="col" class="middle">
              Ended
            </th>
            <th scope="col">Said → got</th>
            <th scope="col">Model</th>
            <th scope="col" class="wide">
              Why
            </th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col" class="number wide">
              First
            </th>
            <th scope="col" class="number wider">
              Tokens
            </th>
            <th scope="col" class="wider">
              Generation
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => (
            <ExchangeRow
              key={row.id}
              row={row}
              isSelected={row.id === selected}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && (
        <p class="quiet empty">
          {all.length === 0 ? "No exchange yet." : "No exchange is like this. Change the filter."}
        </p>
      )}
      {rows.length > most && (
        <button type="button" class="more" onClick={() => setMost(most + 120)}>
          Show more ({rows.length - most})
        </button>
      )}
    </section>
  );
}

interface ExchangeRowProps {
  row: Row;
  isSelected: boolean;
  onSelect: (id: string) => void;
}

const ExchangeRow = memo(
  function ExchangeRow({ row: { id, record }, isSelected, onSelect }: ExchangeRowProps) {
    const { rule, model, facts, keyName, stream, outcome } = record;
    const failure = upstreamFailure(record);
    const tokens = facts.completionTokens;
    const time = new Date(record.at + (record.ms ?? 0)).toLocaleTimeString([], { hour12: false });
    const why = rule === undefined ? outcomeWords(outcome) : ruleWords(rule).short;
    return (
      <tr
        class={`failed-${failure} ${outcome ?? ""}`}
        aria-selected={isSelected}
        onClick={() => onSelect(id)}
      >
        <td class="time middle">{time}</td>
        <td>
          <button
            type="button"
            class="open-detail"
            onClick={(event) => {
              event.stopPropagation();
              onSelect(id);
            }}
          >
            <StatusPair record={record} />
            <span class="unseen">, show all about it</span>
          </button>
        </td>
        <td class="what">
          <span class="model" title={model}>
            {model === undefined ? `${record.method} ${record.path}` : shortModel(model)}
          </span>
          <span class="quiet">
            {[facts.provider, stream === true ? "stream" : undefined, keyName]
              .filter((word) => word !== undefined)
              .join(" · ")}
          </span>
          <span class="why narrow">{why}</span>
          <span class="quiet small">{time}</span>
        </td>
        <td class="why wide">{why}</td>
        <td class="number">{duration(record.ms ?? 0)}</td>
        <td class="number wide">
          {record.firstByteMs === undefined || rule !== undefined
            ? ""
            : duration(record.firstByteMs)}
        </td>
        <td class="number wider">
          {tokens === undefined ? "" : `${facts.promptTokens ?? "?"} + ${tokens}`}
        </td>
        <td class="id wider">{facts.generationId?.slice(-10)}</td>
      </tr>
    );
  },
  (before, after) => before.row === after.row && before.isSelected === after.isSelected,
);

function outcomeWords(outcome: string | undefined): string {
  switch (outcome) {
    case "client-left":
      return "the client left";
    case "client-stalled":
      return "the client stopped reading";
    case "tail-lost":
      return "whole, its tail was lost";
    default:
      return "";
  }
}

/** The arrow keys lead from row to row. */
function moveFocus(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || !(event.currentTarget instanceof Element)) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(".open-detail")];
  const index = buttons.findIndex((button) => button === document.activeElement);
  if (index === -1) return;
  event.preventDefault();
  buttons[index + step]?.focus();
}
