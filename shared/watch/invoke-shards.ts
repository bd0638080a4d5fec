import type { Invocation } from '../core/invocation.ts';
import { backoffMs } from '../lib/backoff.ts';
import type { PassedHead } from './core/passed-head.ts';
import { orderText } from './core/shard-order.ts';
import { firstPlace, SHARDS_AT_ONCE, type Shard, waitUntilMs } from './core/shards.ts';
import type { Ports, Shards } from './ports.ts';
import type { Tick } from './tick.ts';

/** Pause before a shard that found no room is invoked again, and the longest one. */
const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 3_000;

/**
 * Invokes shards, a few at once, until all have answered or the time for waiting is over. Each run
 * begins with another one. What is known of each by then is returned. The invocations that still run are
 * not broken off: they write what they find out.
 */
export async function invokeShards(
  { runtime }: Pick<Ports, 'runtime'>,
  {
    tickId,
    startMs,
    deadlineMs,
    memory,
  }: Pick<Tick, 'tickId' | 'startMs' | 'deadlineMs' | 'memory'>,
  { invoker, functionName, environment }: Shards,
  shards: readonly Shard[],
): Promise<readonly Invocation[]> {
  const untilMs = waitUntilMs({ startMs, deadlineMs });
  const seconds = Math.round((untilMs - startMs) / 1000);
  const late: Invocation = { kind: 'unknown', reason: `no answer within ${seconds} s` };
  const known: Invocation[] = shards.map(() => ({
    kind: 'unstarted',
    reason: `no place was free for it within ${seconds} s`,
    isBusy: true,
  }));
  const first = firstPlace(startMs, shards.length);
  let isOver = false;
  let next = 0;

  /** By key: with ten thousand scopes, a look through all heads for each of a thousand shards takes seconds. */
  function headsOf(shard: Shard): Record<string, PassedHead> {
    const heads = shard.map(({ key }) => [key, memory.heads.get(key)] as const);
    return Object.fromEntries(
      heads.flatMap(([key, head]) => (head === undefined ? [] : [[key, head]])),
    );
  }

  async function invoke(shard: Shard, place: number): Promise<void> {
    for (let attempt = 1; !isOver; attempt += 1) {
      const nowMs = runtime.now();
      const order = orderText({
        environment,
        runId: tickId,
        scopes: shard.map(({ key }) => key),
        heads: headsOf(shard),
        reportInMs: Math.max(1, untilMs - nowMs),
        endInMs: Math.max(1, deadlineMs - nowMs),
      });
      known[place] = late;
      const invocation = await invoker.invoke(functionName, order, deadlineMs - nowMs);
      known[place] = invocation;
      if (invocation.kind !== 'unstarted' || !invocation.isBusy) return;
      await runtime.sleep(
        Math.min(MAX_PAUSE_MS, backoffMs(FIRST_PAUSE_MS, attempt, runtime.random)),
      );
    }
  }

  async function work(): Promise<void> {
    while (next < shards.length && !isOver) {
      const place = (first + next) % shards.length;
      next += 1;
      await invoke(shards[place] ?? [], place);
    }
  }

  let cancel = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    cancel = runtime.setTimer(Math.max(0, untilMs - runtime.now()), resolve);
  });
  const workers = Array.from({ length: Math.min(SHARDS_AT_ONCE, shards.length) }, work);
  await Promise.race([Promise.all(workers), waiting]);
  isOver = true;
  cancel();
  return [...known];
}
