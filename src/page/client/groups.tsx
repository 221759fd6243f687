import { useState } from "preact/hooks";
import type { ExchangeRecord } from "../../observe/record.ts";
import { percent } from "../display.ts";
import type { ExchangeFilter } from "../exchange-filter.ts";
import { groupExchanges, type Grouping } from "../exchange-groups.ts";

const GROUPINGS: [grouping: Grouping, words: string][] = [
  ["model", "Model"],
  ["provider", "Provider"],
  ["key", "Key"],
];

interface GroupsProps {
  records: ExchangeRecord[];
  onFilter: (more: Partial<ExchangeFilter>) => void;
}

/** How often each model, provider or key fails, so that a bad one stands out. */
export function Groups({ records, onFilter }: GroupsProps) {
  const [grouping, setGrouping] = useState<Grouping>("model");
  const groups = groupExchanges(records, grouping).slice(0, 10);
  return (
    <section class="panel who-fails" aria-label="Who fails">
      <div class="panel-head">
        <h2>Who fails</h2>
        <div class="tabs" role="group" aria-label="By">
          {GROUPINGS.map(([value, words]) => (
            <button
              key={value}
              type="button"
              aria-pressed={grouping === value}
              onClick={() => setGrouping(value)}
            >
              {words}
            </button>
          ))}
        </div>
      </div>
      <table class="groups">
        <thead>
          <tr>
            <th scope="col">{GROUPINGS.find(([value]) => value === grouping)?.[1]}</th>
            <th scope="col">Failed</th>
            <th scope="col">Hidden</th>
            <th scope="col">All</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ name, exchanges, failures, hidden }) => (
            <tr key={name}>
              <th scope="row">
                {name === "" ? (
                  <span class="quiet">not known</span>
                ) : (
                  <button type="button" class="link" onClick={() => onFilter({ [grouping]: name })}>
                    {name}
                  </button>
                )}
                <meter min={0} max={exchanges} value={failures} aria-label={`${name} failed`} />
              </th>
              <td class={failures > 0 ? "bad" : ""}>{percent(failures, exchanges)}</td>
              <td>{hidden}</td>
              <td>{exchanges}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {groups.length === 0 && <p class="quiet">Nothing yet.</p>}
    </section>
  );
}
