import type { CountsAnswer } from './answers.ts';

/** Numbers of instances by status over time, each upon the one below it. */
export interface Stacked {
  /** In seconds since 1970. */
  readonly times: readonly number[];
  /** From the lowest to the highest; null: the state was not known then. */
  readonly layers: readonly {
    readonly status: string;
    readonly tops: readonly (number | null)[];
    readonly counts: readonly (number | null)[];
  }[];
}

/** `rank`: lower ones stand below. What is in trouble stands on the ground, where it is seen. */
export function stackedCounts({ points }: CountsAnswer, rank: (status: string) => number): Stacked {
  const statuses = new Set(points.flatMap(({ counts }) => Object.keys(counts ?? {})));
  const ordered = [...statuses].sort((one, other) => rank(one) - rank(other));
  const times = points.map(({ at }) => Date.parse(at) / 1_000);
  const layers = ordered.map((status, layer) => {
    const below = ordered.slice(0, layer);
    const counts = points.map((point) => point.counts && (point.counts[status] ?? 0));
    const tops = points.map((point, index) => {
      const own = counts[index];
      if (point.counts === null || own == null) return null;
      return below.reduce((sum, lower) => sum + (point.counts?.[lower] ?? 0), own);
    });
    return { status, tops, counts };
  });
  return { times, layers };
}
