import type { Caution } from "../cautions.ts";

/** What somebody who runs Candor can set right, with the setting's name. */
export function Cautions({ cautions }: { cautions: Caution[] }) {
  if (cautions.length === 0) return null;
  return (
    <section aria-label="Warnings">
      <ul class="cautions">
        {cautions.map(({ setting, sentence }) => (
          <li key={setting + sentence}>
            <code>{setting}</code>
            <span>{sentence}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
