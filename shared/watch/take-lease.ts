import type { Scope } from '../core/model.ts';
import type { Head } from '../ports/journal.ts';
import type { Ports } from './ports.ts';
import { scanDeadlineMs, type Tick } from './tick.ts';

/** The lease of a scope as the tick took it. */
export interface TakenLease {
  readonly untilMs: number;
  /** The totals hold the calls of every tick before, and the head is the one that the tick knew. */
  readonly isCounted: boolean;
}

/**
 * A lease only keeps two ticks from doing the same work; truth never depends on it. So it is
 * short: after a run that was killed, the next one waits for seconds, not for a whole timeout.
 */
const LEASE_MS = 10_000;
const LEASE_POLL_MS = 500;

/** Waits for the lease of a scope. Null: another tick holds it. */
export async function takeLease(
  { journal, runtime }: Ports,
  tick: Tick,
  scope: Scope,
  head: Head,
): Promise<TakenLease | null> {
  const lastMs = scanDeadlineMs(tick);
  let known: Head | undefined = head;
  for (;;) {
    const nowMs = runtime.now();
    const untilMs = Math.min(nowMs + LEASE_MS, tick.deadlineMs);
    const holder = await journal.lease(scope, { owner: tick.tickId, untilMs }, nowMs, known);
    if (typeof holder === 'string') return { untilMs, isCounted: holder === 'counted' };
    // The tick that holds it changes the head.
    known = undefined;
    const waitMs = Math.min(LEASE_POLL_MS, Math.max(1, holder.untilMs - nowMs));
    if (nowMs + waitMs >= lastMs) return null;
    await runtime.sleep(waitMs);
  }
}
