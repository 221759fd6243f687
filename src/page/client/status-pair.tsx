import type { ExchangeRecord } from "../../observe/record.ts";
import { upstreamFailure } from "../../observe/upstream-failure.ts";

/** What upstream's status line said, and what the client got; what was hidden is struck through. */
export function StatusPair({ record }: { record: ExchangeRecord }) {
  const { upstreamStatus, status, trueStatus, outcome } = record;
  const isHidden = upstreamFailure(record) === "hidden";
  const isInBand = status !== undefined && trueStatus !== undefined && trueStatus !== status;
  return (
    <span class="pair">
      <Status status={upstreamStatus} isLie={isHidden} />
      <span class="arrow" aria-hidden="true">
        →
      </span>
      <span class="unseen"> said, you got </span>
      <Status status={outcome === "client-left" ? undefined : status} isFaded={isInBand} />
      {isInBand && (
        <>
          <span class="unseen"> and then in band </span>
          <Status status={trueStatus} />
        </>
      )}
    </span>
  );
}

interface StatusProps {
  status: number | undefined;
  isLie?: boolean;
  isFaded?: boolean;
}

function Status({ status, isLie = false, isFaded = false }: StatusProps) {
  if (status === undefined) return <span class="status none">–</span>;
  const tone = status < 400 ? "good" : status < 500 ? "warn" : "bad";
  const word = <span class={`status ${isLie || isFaded ? "faded" : tone}`}>{status}</span>;
  return isLie ? <del>{word}</del> : word;
}
