import type { Row } from "../live-model.ts";
import { toCsv, toJson } from "../table-export.ts";

/** Saves what is shown, with OpenRouter's generation ids: for a complaint to their support. */
export function ExportButtons({ rows }: { rows: Row[] }) {
  const records = () => rows.map(({ record }) => record);
  return (
    <div class="export">
      <button
        type="button"
        class="link"
        disabled={rows.length === 0}
        onClick={() => save("candor-exchanges.csv", "text/csv", toCsv(records()))}
      >
        CSV
      </button>
      <button
        type="button"
        class="link"
        disabled={rows.length === 0}
        onClick={() => save("candor-exchanges.json", "application/json", toJson(records()))}
      >
        JSON
      </button>
    </div>
  );
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
