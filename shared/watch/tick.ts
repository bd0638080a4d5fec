import type { Scope } from '../core/model.ts';
import type { GuardLimits } from './core/guard.ts';
import type { Memory } from './memory.ts';

/** One run of the watcher: what it watches, as whom, and until when. */
export interface Tick {
  /** Unlike that of every other run, a repeated event included. */
  readonly tickId: string;
  readonly scopes: readonly Scope[];
  readonly callsPerMinute: number;
  readonly guard: GuardLimits;
  readonly startMs: number;
  /** Everything that this tick does is done by then; what is left is the next one's. */
  readonly deadlineMs: number;
  readonly memory: Memory;
}

/** The share of a tick's time, and the most of it, kept for committing and delivering. */
const RESERVED_SHARE = 0.25;
const MAX_RESERVED_MS = 10_000;

/** When looking must end so that what was seen can still be committed and told. */
export function scanDeadlineMs({ startMs, deadlineMs }: Tick): number {
  return deadlineMs - Math.min((deadlineMs - startMs) * RESERVED_SHARE, MAX_RESERVED_MS);
}
