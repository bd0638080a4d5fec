import type { Random } from '../../local/random.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import type { EventTime } from '../helpers/event-time.ts';

/** One run of the watch function: alive until it ends, is killed, or runs into the hard timeout. */
export interface Run {
  readonly tickId: string;
  readonly time: EventTime;
  readonly random: Random;
  readonly runtime: Runtime;
  isDead: boolean;
  /** Exchanges with the outside so far. */
  operations: number;
  /** Scope key → when this run looked at ECS for it. */
  readonly looks: Map<string, Look>;
}

/** The stretch in which a run asked ECS about a scope, in moments. */
export interface Look {
  readonly first: number;
  last: number;
  /** ECS has answered with something that was not so. */
  wasLiedTo: boolean;
}

/** Where a run dies by itself: before or after its nth exchange with the outside. */
export interface Death {
  readonly operation: number;
  readonly when: 'before' | 'after';
}

/** How far the run's clock is off. */
export interface Skew {
  ms: number;
  /** How often it was set, forth and back. */
  jumps: number;
}

export interface RunOptions {
  readonly tickId: string;
  readonly time: EventTime;
  readonly random: Random;
  readonly skew: Skew;
  readonly death?: Death;
}

export interface LivingRun extends Run {
  readonly death: Death | undefined;
}

export function newRun({ tickId, time, random, skew, death }: RunOptions): LivingRun {
  const run: LivingRun = {
    tickId,
    time,
    random,
    death,
    isDead: false,
    operations: 0,
    looks: new Map(),
    runtime: {
      now: () => time.now() + skew.ms,
      sleep: async (ms) => {
        await time.sleep(ms);
        if (run.isDead) await never();
      },
      setTimer: (ms, ring) =>
        time.setTimer(ms, () => {
          if (!run.isDead) ring();
        }),
      random: random.next,
    },
  };
  return run;
}

/** What a dead run waits for. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * One exchange with the outside: a request that arrives, and an answer that comes back. What is on
 * its way when its sender dies arrives all the same, and nobody hears the answer.
 */
export async function exchange<T>(
  run: LivingRun,
  { thereMs, backMs }: { readonly thereMs: number; readonly backMs: number },
  arrive: () => T,
): Promise<T> {
  const { time, death } = run;
  run.operations += 1;
  const isLast = death?.operation === run.operations;
  if (isLast && death.when === 'before') run.isDead = true;
  if (run.isDead) return never();
  await time.sleep(thereMs);
  let outcome: { readonly answer: T } | { readonly error: unknown };
  try {
    outcome = { answer: arrive() };
  } catch (error) {
    outcome = { error };
  }
  if (isLast) run.isDead = true;
  await time.sleep(backMs);
  if (run.isDead) return never();
  if ('error' in outcome) throw outcome.error;
  return outcome.answer;
}
