import type { Commit, Snapshot } from '../../core/model.ts';

/** Status → number of instances. */
type Counts = ReadonlyMap<string, number>;

/**
 * The instances of a scope by status at each of these times, which are in ascending order. `commits`
 * are the newest ones of `snapshot`, the oldest first, as far back as the first time.
 */
export function countsAt(
  snapshot: Snapshot,
  commits: readonly Commit[],
  timesMs: readonly number[],
): readonly Counts[] {
  const counts = new Map<string, number>();
  const count = (status: string | null, by: number): void => {
    if (status !== null) counts.set(status, (counts.get(status) ?? 0) + by);
  };
  for (const { status } of snapshot.instances.values()) count(status, 1);
  const later = [...commits];
  const counted = timesMs.toReversed().map((timeMs) => {
    while ((later.at(-1)?.atMs ?? timeMs) > timeMs) {
      for (const { from, to } of later.pop()?.changes ?? []) {
        count(to, -1);
        count(from, 1);
      }
    }
    return new Map(counts);
  });
  return counted.reverse();
}

/** The sum over several scopes, without the statuses that no instance has. */
export function sumOf(all: readonly Counts[]): Readonly<Record<string, number>> {
  const sum = new Map<string, number>();
  for (const counts of all)
    for (const [status, number] of counts) sum.set(status, (sum.get(status) ?? 0) + number);
  return Object.fromEntries([...sum].filter(([, number]) => number !== 0).sort());
}
