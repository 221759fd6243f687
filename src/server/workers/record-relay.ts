import type { ExchangeRecord, RecordSink, State } from "../../observe/record.ts";
import type { EndedRecord, FromWorker, OpenRecord } from "./messages.ts";
import { measureUsage } from "./usage.ts";

/** Tells the parent of a worker's exchanges. */
export interface RecordRelay {
  sink: RecordSink;
  /** An exchange that is open, or was one of the last to end. */
  find(n: number): ExchangeRecord | undefined;
  /** Tells what waits, at once. */
  flush(): void;
  close(): void;
}

/** How long what happened may wait, so that one message tells of many exchanges. */
const BATCH_MS = 100;

/** Even where nothing happens, the parent learns so often what the process uses: 10 batches. */
const IDLE_BATCHES = 10;

/** How many that are over can be found: more than a capture keeps. */
const MOST_ENDED = 64;

interface Told {
  n: number;
  /** The state that the parent knows of; none where the exchange is new to it. */
  state?: State;
}

/** Creates a relay. An exchange that is open is told of again only once its state is another one. */
export function createRecordRelay(send: (message: FromWorker) => void): RecordRelay {
  const open = new Map<ExchangeRecord, Told>();
  const over = new Map<number, ExchangeRecord>();
  let ended: EndedRecord[] = [];
  let last = 0;
  let idle = 0;

  function takeChanged(): OpenRecord[] {
    const changed: OpenRecord[] = [];
    for (const [record, told] of open) {
      if (told.state === record.state) continue;
      told.state = record.state;
      changed.push({ n: told.n, record });
    }
    return changed;
  }
  function remember(n: number, record: ExchangeRecord): void {
    over.set(n, record);
    const [oldest] = over.keys();
    if (over.size > MOST_ENDED && oldest !== undefined) over.delete(oldest);
  }
  function flush(): void {
    idle = 0;
    const message: FromWorker = {
      kind: "records",
      open: takeChanged(),
      ended,
      usage: measureUsage(),
    };
    ended = [];
    send(message);
  }
  function tick(): void {
    idle += 1;
    if (open.size > 0 || ended.length > 0 || idle >= IDLE_BATCHES) flush();
  }
  const timer = setInterval(tick, BATCH_MS);
  timer.unref();
  return {
    sink: {
      begin: (record) => void open.set(record, { n: ++last }),
      end(record, exhibit) {
        const n = open.get(record)?.n ?? ++last;
        open.delete(record);
        ended.push({ n, record, exhibit });
        remember(n, record);
      },
    },
    find: (n) => over.get(n) ?? [...open].find(([, told]) => told.n === n)?.[0],
    flush,
    close: () => clearInterval(timer),
  };
}
