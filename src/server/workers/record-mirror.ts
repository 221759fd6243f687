import type { ExchangeRecord, RecordSink } from "../../observe/record.ts";
import type { EndedRecord, OpenRecord } from "./messages.ts";

/** The exchanges of one worker, as its parent sees them. */
export interface RecordMirror {
  take(message: { open: OpenRecord[]; ended: EndedRecord[] }): void;
  /** The number that the worker has for an exchange; undefined where it is another one's. */
  numberOf(record: ExchangeRecord): number | undefined;
  /** The worker is gone; `how` says why. What was open has ended with it. */
  end(how: string): void;
}

/** Creates a mirror. `sinks` see what they would see in the worker; `log` only what the worker's cannot. */
export function createRecordMirror(sinks: RecordSink[], log: RecordSink): RecordMirror {
  const open = new Map<number, ExchangeRecord>();
  const numbers = new WeakMap<ExchangeRecord, number>();
  let isOver = false;

  /** The same object for as long as an exchange is open: sinks hold on to it. */
  function update({ n, record }: OpenRecord): ExchangeRecord {
    const known = open.get(n);
    if (known !== undefined) return Object.assign(known, record);
    open.set(n, record);
    numbers.set(record, n);
    for (const sink of sinks) sink.begin?.(record);
    return record;
  }
  return {
    take(message) {
      // What was on its way when the worker died.
      if (isOver) return;
      for (const one of message.open) update(one);
      for (const one of message.ended) {
        const record = update(one);
        open.delete(one.n);
        for (const sink of sinks) sink.end(record, one.exhibit);
      }
    },
    numberOf: (record) => numbers.get(record),
    end(how) {
      isOver = true;
      for (const record of open.values()) {
        record.state = "over";
        record.outcome = "bug";
        record.rule = "worker-died";
        record.cause = how;
        record.ms = Date.now() - record.at;
        for (const sink of [log, ...sinks]) sink.end(record);
      }
      open.clear();
    },
  };
}
