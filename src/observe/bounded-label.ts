/** Stands for all values behind the first ones. */
const OTHER = "other";

/**
 * Gives a label's value back, and `other` once there have been so many different ones: whoever
 * chooses texts must not choose how many time series there are.
 */
export function createBoundedLabel(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most) return OTHER;
    known.add(value);
    return value;
  };
}

/** How many routes and rules a metric may name: both are closed lists, far shorter than this. */
export const MOST_ROUTES = 50;
export const MOST_RULES = 60;
