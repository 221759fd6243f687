import { useRef, useState } from "preact/hooks";

/** A text to be copied: with a button, and, where the browser forbids that, selected by it. */
export function Copyable({ title, text }: { title: string; text: string }) {
  const shown = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied.");
    } catch {
      if (shown.current !== null) getSelection()?.selectAllChildren(shown.current);
      setSaid("Selected: copy it with the keyboard.");
    }
  };
  return (
    <figure class="copyable">
      <figcaption>
        {title}
        <button type="button" class="link" onClick={() => void copy()}>
          Copy
        </button>
        <span role="status">{said}</span>
      </figcaption>
      <pre ref={shown} tabIndex={0}>
        {text}
      </pre>
    </figure>
  );
}
