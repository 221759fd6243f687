/** What became of upstream's header fields on the way to the client. */
export interface FieldChanges {
  /** The names of those that crossed as they were. */
  crossed: string[];
  /** The names of those that the client does not get. */
  withheld: string[];
  /** Those that are Candor's, by name. */
  added: Record<string, string>;
  /** The values of those that were replaced, by name. */
  changed: Record<string, string>;
}

/** Compares the header fields of upstream's answer with those of Candor's. */
export function compareFields(upstream: Headers, client: Headers): FieldChanges {
  const changes: FieldChanges = { crossed: [], withheld: [], added: {}, changed: {} };
  for (const [name, value] of client) {
    const given = upstream.get(name);
    if (given === null) changes.added[name] = value;
    else if (given === value) changes.crossed.push(name);
    else changes.changed[name] = value;
  }
  const names = new Set([...upstream].map(([name]) => name));
  changes.withheld = [...names].filter((name) => !client.has(name));
  return changes;
}
