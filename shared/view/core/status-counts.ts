import type { Instance } from '../../core/model.ts';
import { compare } from './instance-order.ts';
import { COUNT, mapSchema } from './schema.ts';

/** Status → number of instances, the most frequent status first. */
export function countStatuses(all: Iterable<Instance>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of all) counts.set(status, (counts.get(status) ?? 0) + 1);
  return mostFrequentFirst(counts);
}

/** The same of several fleets together. */
export function sumCounts(
  all: readonly ReadonlyMap<string, number>[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [status, count] of all.flatMap((each) => [...each])) {
    counts.set(status, (counts.get(status) ?? 0) + count);
  }
  return mostFrequentFirst(counts);
}

function mostFrequentFirst(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(
    [...counts].sort(([one, many], [other, few]) => few - many || compare(one, other)),
  );
}

/** Status → number of instances. */
export const STATUS_COUNTS_SCHEMA = mapSchema(COUNT);
