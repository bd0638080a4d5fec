import type { Random } from '../../local/random.ts';
import type { Message, Outcome } from '../../shared/core/message.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import type { EventTime } from '../helpers/event-time.ts';
import { NO_RULES, type RuleSet } from './rules.ts';

/** One run of the watch function: alive until it ends, is killed, or runs into the hard timeout. */
export interface Run {
  readonly tickId: string;
  readonly time: EventTime;
  readonly random: Random;
  readonly runtime: Runtime;
  isDead: boolean;
  /** Exchanges with the outside so far. */
  operations: number;
  /** Scope key → when this run asked ECS about it. */
  readonly observations: Map<string, Observation>;
  /** When it began, by its own clock. */
  readonly startMs: number;
  /** Every message that it sent, whether that arrived or not. */
  readonly attempts: Attempt[];
  /** The routes and mutes with which it was deployed. */
  readonly rules: RuleSet;
  /** Requests to Tablestore so far that were refused, lost or slow. */
  storeFailures: number;
}

/** A message on its way. */
export interface Attempt {
  readonly channel: string;
  readonly message: Message;
  /** Null: its sender waits for the answer. */
  outcome: Outcome | null;
}

/** From the first to the last moment at which a run asked ECS about a scope. */
export interface Observation {
  readonly first: number;
  last: number;
  /** ECS gave an answer that was not true. */
  hadFalseAnswers: boolean;
  /** The fleet was hidden from this run. */
  isHidden: boolean;
  /** ECS has confirmed that the account may look. */
  mayLook: boolean;
}

/** Where a run dies: before or after its nth exchange with the outside. */
export interface Crash {
  readonly operation: number;
  readonly when: 'before' | 'after';
}

/** The error of the run's clock. */
export interface Skew {
  ms: number;
  /** How often the clock was changed. */
  jumps: number;
}

export interface RunOptions {
  readonly tickId: string;
  readonly time: EventTime;
  readonly random: Random;
  readonly skew: Skew;
  /** How far the clock of its machine is behind that of the others. */
  readonly lagMs?: number;
  readonly crash?: Crash;
  readonly rules?: RuleSet;
}

export interface LivingRun extends Run {
  readonly crash: Crash | undefined;
}

export function newRun({
  tickId,
  time,
  random,
  skew,
  lagMs = 0,
  crash,
  rules = NO_RULES.at(time.now()),
}: RunOptions): LivingRun {
  const now = (): number => time.now() + skew.ms - lagMs;
  const run: LivingRun = {
    tickId,
    time,
    random,
    crash,
    isDead: false,
    operations: 0,
    observations: new Map(),
    startMs: now(),
    attempts: [],
    rules,
    storeFailures: 0,
    runtime: {
      now,
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

/** Is it a person who writes a note, and no run of the watch function? */
export function isNoteRun({ tickId }: Run): boolean {
  return tickId.startsWith(NOTE_RUN);
}

export const NOTE_RUN = 'note-';

/** A dead run waits for this. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * One exchange with the outside: a request arrives, and an answer comes back. A request that is on
 * its way when its sender dies still arrives; its answer is lost.
 */
export async function exchange<T>(
  run: LivingRun,
  { thereMs, backMs }: { readonly thereMs: number; readonly backMs: number },
  arrive: () => T,
): Promise<T> {
  const { time, crash } = run;
  run.operations += 1;
  const isLast = crash?.operation === run.operations;
  if (isLast && crash.when === 'before') run.isDead = true;
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
