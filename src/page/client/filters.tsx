import { type ExchangeFilter, NO_FILTER, STATUS_CHOICES } from "../exchange-filter.ts";
import type { Row } from "../live-model.ts";
import { ruleWords } from "../rule-words.ts";

interface FiltersProps {
  all: Row[];
  filter: ExchangeFilter;
  onFilter: (filter: ExchangeFilter) => void;
}

/** Which exchanges are shown. The choices are those that there are. */
export function Filters({ all, filter, onFilter }: FiltersProps) {
  const records = all.map(({ record }) => record);
  const set = (more: Partial<ExchangeFilter>) => onFilter({ ...filter, ...more });
  const isFiltered = Object.values(filter).some((value) => value !== "");
  const rules = choicesOf(
    records.map(({ rule }) => rule),
    filter.rule,
  ).map(([rule]): [string, string] => [rule, ruleWords(rule).short]);
  const models = choicesOf(
    records.map(({ model }) => model),
    filter.model,
  );
  const providers = choicesOf(
    records.map(({ facts }) => facts.provider),
    filter.provider,
  );
  const keys = choicesOf(
    records.map(({ keyName }) => keyName),
    filter.key,
  );
  return (
    <div class="filters" role="search" aria-label="Filter the exchanges">
      <Choice
        label="Result"
        value={filter.status}
        choices={STATUS_CHOICES.slice(1)}
        onChoose={(status) => set({ status })}
      />
      <Choice label="Why" value={filter.rule} choices={rules} onChoose={(rule) => set({ rule })} />
      <Choice
        label="Model"
        value={filter.model}
        choices={models}
        onChoose={(model) => set({ model })}
      />
      {providers.length > 0 && (
        <Choice
          label="Provider"
          value={filter.provider}
          choices={providers}
          onChoose={(provider) => set({ provider })}
        />
      )}
      {keys.length > 0 && (
        <Choice label="Key" value={filter.key} choices={keys} onChoose={(key) => set({ key })} />
      )}
      {isFiltered && (
        <button type="button" class="link" onClick={() => onFilter(NO_FILTER)}>
          Show all
        </button>
      )}
    </div>
  );
}

/** The values that there are, and the chosen one. */
function choicesOf(values: (string | undefined)[], chosen: string): [string, string][] {
  const there = new Set(values.filter((value) => value !== undefined));
  if (chosen !== "") there.add(chosen);
  return [...there].toSorted().map((value) => [value, value]);
}

interface ChoiceProps {
  label: string;
  value: string;
  choices: [value: string, words: string][];
  onChoose: (value: string) => void;
}

function Choice({ label, value, choices, onChoose }: ChoiceProps) {
  return (
    <label class={value === "" ? "" : "chosen"}>
      <span class="unseen">{label}</span>
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{label}: all</option>
        {choices.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
