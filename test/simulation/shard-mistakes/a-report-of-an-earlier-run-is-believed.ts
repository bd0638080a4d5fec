import type { Invocation } from '../../../shared/core/invocation.ts';
import * as real from '../../../shared/watch/core/shard-report.ts';

const earlier = new Map<string, Invocation>();

/** Where a shard has not answered, its first answer is used once more. */
export const shardResult: typeof real.shardResult = (shard, invocation) => {
  const key = shard[0]?.key ?? '';
  if (invocation.kind !== 'answered') {
    return real.shardResult(shard, earlier.get(key) ?? invocation);
  }
  if (!earlier.has(key)) earlier.set(key, invocation);
  return real.shardResult(shard, invocation);
};
