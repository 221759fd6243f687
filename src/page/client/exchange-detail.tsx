import { useEffect, useRef, useState } from "preact/hooks";
import type { ExchangeRecord, Exhibit } from "../../observe/record.ts";
import { bytes } from "../display.ts";
import type { Row } from "../live-model.ts";
import { repeatCommand } from "../repeat-command.ts";
import { readableText } from "../readable-text.ts";
import { ruleWords } from "../rule-words.ts";
import { verdictSentences } from "../verdict-sentences.ts";
import type { Detail } from "../wire.ts";
import { Copyable } from "./copyable.tsx";
import { requestHeaders } from "./page-key.ts";
import { Phases } from "./phases.tsx";
import { StatusPair } from "./status-pair.tsx";

interface ExchangeDetailProps {
  row: Row;
  /** Whether the server that runs now may still have what it said. */
  isKept: boolean;
  hasCapture: boolean;
  onClose: () => void;
}

/** All about one exchange: the verdict, what was said beside what was got, and how to repeat it. */
export function ExchangeDetail({ row, isKept, hasCapture, onClose }: ExchangeDetailProps) {
  const { record, n } = row;
  const dialog = useRef<HTMLDialogElement>(null);
  const exhibit = useExhibit(n, isKept);
  useEffect(() => dialog.current?.showModal(), []);
  const title = record.rule === undefined ? "An answer" : ruleWords(record.rule).short;
  return (
    <dialog
      ref={dialog}
      aria-labelledby="detail-title"
      onClose={onClose}
      onClick={(event) => {
        // The backdrop is the dialog itself; all that is in it lies in a child.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="detail">
        <header>
          <StatusPair record={record} />
          <h2 id="detail-title">{title}</h2>
          <p class="quiet">{new Date(record.at).toLocaleString([], { hour12: false })}</p>
          <button type="button" class="close" onClick={() => dialog.current?.close()}>
            <span aria-hidden="true">×</span>
            <span class="unseen">Close</span>
          </button>
        </header>
        <ol class="verdict">
          {verdictSentences(record).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ol>
        {record.message !== undefined && <blockquote>{record.message}</blockquote>}
        <Phases record={record} />
        {exhibit !== undefined && <Exhibits exhibit={exhibit} />}
        <Facts record={record} />
        <Copyable title="Ask the same again" text={repeatCommand(record, location.origin)} />
        {hasCapture && isKept && <SaveRecording n={n} />}
      </div>
    </dialog>
  );
}

function useExhibit(n: number, isKept: boolean): Exhibit | undefined {
  const [exhibit, setExhibit] = useState<Exhibit>();
  useEffect(() => {
    if (!isKept) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    void fetch(`/page/exchange/${n}`, { headers: requestHeaders(), signal })
      .then(async (response) => {
        if (!response.ok) return;
        const detail: Detail = await response.json();
        setExhibit(detail.exhibit);
      })
      // Without it, the verdict is there all the same.
      .catch(() => undefined);
    return () => leaving.abort();
  }, [n, isKept]);
  return exhibit;
}

function Exhibits({ exhibit }: { exhibit: Exhibit }) {
  return (
    <div class="exhibits">
      <figure>
        <figcaption>OpenRouter sent</figcaption>
        <pre tabIndex={0}>{readableText(exhibit.upstreamError)}</pre>
      </figure>
      <figure>
        <figcaption>The client got</figcaption>
        <pre tabIndex={0}>{readableText(exhibit.answer)}</pre>
      </figure>
    </div>
  );
}

function Facts({ record }: { record: ExchangeRecord }) {
  const { facts } = record;
  const all: [name: string, value: string | number | undefined][] = [
    ["Model", record.model],
    ["Provider", facts.provider],
    ["Key", record.keyName],
    ["Client", record.client],
    ["Path", `${record.method} ${record.path}`],
    ["Tokens", tokensOf(record)],
    ["Cost", facts.cost === undefined ? undefined : `${facts.cost} credits`],
    ["Sent", record.bytes === 0 ? undefined : bytes(record.bytes)],
    ["Generation", facts.generationId],
    ["Request", record.requestId],
  ];
  return (
    <dl class="facts">
      {all.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function tokensOf({ facts: { promptTokens, completionTokens } }: ExchangeRecord) {
  if (promptTokens === undefined && completionTokens === undefined) return undefined;
  return `${promptTokens ?? "?"} in, ${completionTokens ?? "?"} out`;
}

function SaveRecording({ n }: { n: number }) {
  const [said, setSaid] = useState("");
  const save = async () => {
    const init = { method: "POST", headers: requestHeaders() };
    const response = await fetch(`/page/capture/${n}`, init);
    const answer = await response.json();
    setSaid(response.ok ? `Saved as ${answer.path}.` : answer.error.message);
  };
  return (
    <p class="save">
      <button type="button" onClick={() => void save()}>
        Save as a recording
      </button>
      <span role="status">{said}</span>
    </p>
  );
}
