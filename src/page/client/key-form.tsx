import { saveKey, savedKey } from "./page-key.ts";

/** Asks for a client key. It stays in this tab. */
export function KeyForm({ onKey }: { onKey: () => void }) {
  const wasTried = savedKey() !== "";
  return (
    <main class="locked">
      <h1>Candor</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saveKey(String(new FormData(event.currentTarget).get("key")).trim());
          onKey();
        }}
      >
        <label for="key">
          {wasTried ? "This key is not one of Candor's. Another?" : "Your key for Candor"}
        </label>
        <input id="key" name="key" type="password" autocomplete="off" required />
        <button type="submit">Open</button>
        <p class="quiet">
          One of PROXY_API_KEYS. It is kept for this tab only, and sent as a header field.
        </p>
      </form>
    </main>
  );
}
