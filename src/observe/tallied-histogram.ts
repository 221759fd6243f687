import { Histogram } from "prom-client";
import { addBuckets, BOUNDS, type Buckets, emptyBuckets } from "./buckets.ts";

/** The labels of a time series. */
export type Labels = Record<string, string | number>;

/** What a histogram is told from, whenever it is read. */
export interface TalliedSettings {
  name: string;
  help: string;
  read: () => Iterable<[labels: Labels, buckets: Buckets]>;
}

/**
 * A histogram of prom-client that is counted elsewhere. prom-client hashes the labels at every
 * observation, which would cost each exchange more than all the rest of its record.
 */
export class TalliedHistogram extends Histogram {
  readonly #settings: TalliedSettings;
  /** Tells what all histograms tell, but for the values. */
  readonly #empty: Histogram;

  constructor(settings: TalliedSettings) {
    const { name, help } = settings;
    super({ name, help, buckets: BOUNDS, registers: [] });
    this.#empty = new Histogram({ name, help, buckets: BOUNDS, registers: [] });
    this.#settings = settings;
  }

  override async get() {
    const series = new Map<string, [Labels, Buckets]>();
    for (const [labels, buckets] of this.#settings.read()) {
      const key = JSON.stringify(labels);
      const known = series.get(key) ?? [labels, emptyBuckets()];
      addBuckets(known[1], buckets);
      series.set(key, known);
    }
    const { name } = this.#settings;
    const values = [...series.values()].flatMap(([labels, buckets]) =>
      lines(name, labels, buckets),
    );
    return { ...(await this.#empty.get()), values };
  }

  /** What the registry of prom-client asks first, where it is there. */
  getForPromString() {
    return this.get();
  }
}

function lines(name: string, labels: Labels, { counts, sum }: Buckets) {
  let below = 0;
  const bounds = [...BOUNDS.map(String), "+Inf"].map((le, index) => {
    below += counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
  });
  return [
    ...bounds,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below },
  ];
}
