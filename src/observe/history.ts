import { Database } from "bun:sqlite";
import type { ExchangeRecord, RecordSink } from "./record.ts";

/** Keeps the records of exchanges in a file, for as long and as large as its bounds allow. */
export interface History {
  sink: RecordSink;
  /** The latest records of a time range in epoch milliseconds, the latest first. */
  query(from: number, to: number): { records: ExchangeRecord[]; isCut: boolean };
  /** Writes what waits. */
  flush(): void;
  close(): void;
}

/** What a history is made with. */
export interface HistorySettings {
  file: string;
  mostDays?: number;
  mostMegabytes?: number;
  /** Told in a sentence, at most once a minute, when something is lost. */
  onProblem: (message: string) => void;
  now?: () => number;
}

const MOST_DAYS = 30;
const MOST_MEGABYTES = 512;

/** How long records wait for others, and how many may wait at all. */
const BATCH_MS = 1000;
const MOST_WAITING = 5000;

/** How many rows one query gives. */
const MOST_ROWS = 2000;

/** How many old rows are deleted at once: more would keep requests waiting. */
const DELETED_AT_ONCE = 2000;

/** How much larger than its bound a file may become before rows are refused. */
const SLACK = 1.25;

const QUIET_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The rows are records as JSON, so that a file of any version can be read; the view is for people
 * with `sqlite3`.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS exchanges (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS exchanges_at ON exchanges (at);
  CREATE VIEW IF NOT EXISTS readable AS SELECT
    datetime(at / 1000, 'unixepoch') AS time, record ->> 'model' AS model,
    record ->> '$.facts.provider' AS provider, record ->> 'keyName' AS key,
    record ->> 'upstreamStatus' AS upstream_status, record ->> 'status' AS client_status,
    record ->> 'trueStatus' AS true_status, record ->> 'outcome' AS outcome,
    record ->> 'rule' AS rule, record ->> 'code' AS code, record ->> 'message' AS message,
    record ->> 'ms' AS ms, record ->> '$.facts.generationId' AS generation_id
  FROM exchanges;
`;

/**
 * Opens the history. Where the file cannot be used, that is told, and nothing is kept: it never
 * costs an answer.
 */
export function openHistory(settings: HistorySettings): History {
  const { file, onProblem, now = Date.now } = settings;
  const tell = createTeller(file, onProblem);
  const database = attempt(() => openDatabase(file), tell);
  if (database === undefined) return NOTHING;
  let waiting: ExchangeRecord[] = [];
  const insert = database.prepare("INSERT INTO exchanges (at, record) VALUES (?, ?)");
  const insertAll = database.transaction((records: ExchangeRecord[]) => {
    for (const record of records) insert.run(Math.round(record.at), JSON.stringify(record));
  });
  const select = database.prepare<{ record: string }, [number, number, number]>(
    "SELECT record FROM exchanges WHERE at BETWEEN ? AND ? ORDER BY at DESC, id DESC LIMIT ?",
  );
  const bound = createBound(database, settings, now);

  function flush(): void {
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    attempt(() => insertAll(batch), tell);
    // Also where that failed: the room that is made is what the next batch needs.
    attempt(bound, tell);
  }
  const timer = setInterval(flush, BATCH_MS);
  timer.unref();
  return {
    sink: {
      end(record) {
        if (waiting.length < MOST_WAITING) waiting.push(record);
        else tell("too much came at once");
      },
    },
    query(from, to) {
      flush();
      const rows = attempt(() => select.all(from, to, MOST_ROWS + 1), tell) ?? [];
      const records = rows.slice(0, MOST_ROWS).map(({ record }) => JSON.parse(record));
      return { records, isCut: rows.length > MOST_ROWS };
    },
    flush,
    close() {
      clearInterval(timer);
      flush();
      attempt(() => database.close(), tell);
    },
  };
}

const NOTHING: History = {
  sink: { end() {} },
  query: () => ({ records: [], isCut: false }),
  flush() {},
  close() {},
};

function openDatabase(file: string): Database {
  const database = new Database(file, { create: true, strict: true });
  // Whole after a kill but for the last batch; readable while it is written; never long in waiting.
  database.run("PRAGMA busy_timeout = 100");
  database.run("PRAGMA auto_vacuum = INCREMENTAL");
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = NORMAL");
  database.run("PRAGMA journal_size_limit = 16777216");
  database.run(SCHEMA);
  return database;
}

/** Deletes what is too old or too much, a little at a time. */
function createBound(
  database: Database,
  { mostDays = MOST_DAYS, mostMegabytes = MOST_MEGABYTES }: HistorySettings,
  now: () => number,
): () => void {
  const mostBytes = mostMegabytes * 2 ** 20;
  const state = database.prepare<{ bytes: number; rows: number; pageSize: number }, []>(
    `SELECT (page_count - freelist_count) * page_size AS bytes, page_size AS pageSize,
      (SELECT coalesce(max(id) - min(id), 0) FROM exchanges) AS rows
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  const deleteOld = database.prepare(
    `DELETE FROM exchanges WHERE id IN (SELECT id FROM exchanges WHERE at < ? ORDER BY at LIMIT ${DELETED_AT_ONCE})`,
  );
  const deleteFirst = database.prepare(
    "DELETE FROM exchanges WHERE id IN (SELECT id FROM exchanges ORDER BY id LIMIT ?)",
  );
  const pageSize = state.get()?.pageSize ?? 4096;
  database.run(`PRAGMA max_page_count = ${Math.ceil((mostBytes * SLACK) / pageSize)}`);
  return () => {
    deleteOld.run(now() - mostDays * DAY_MS);
    const { bytes = 0, rows = 0 } = state.get() ?? {};
    const excess = Math.ceil(rows * (1 - mostBytes / bytes));
    if (excess > 0) deleteFirst.run(Math.min(excess, DELETED_AT_ONCE));
    database.run("PRAGMA incremental_vacuum(500)");
  };
}

/** What came of it, or undefined where it could not be done, which is told. */
function attempt<T>(work: () => T, tell: (problem: string) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function createTeller(file: string, onProblem: (message: string) => void) {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (problem: string) => {
    const now = performance.now();
    if (now - toldAt < QUIET_MS) return;
    toldAt = now;
    onProblem(`History: ${file} loses exchanges (${problem}). Answers go on as before.`);
  };
}
