import type { Scope } from '../core/model.ts';
import { reasonOf } from '../ports/reason.ts';
import { type Loaded, load } from './load.ts';
import { createPacer, newBudget, type Pacer } from './pacer.ts';
import type { Ports } from './ports.ts';
import { scanDeadlineMs, type Tick } from './tick.ts';

/** A scope at the start of a tick: its journal's last commit, and a pacer for its requests. */
export interface Opened {
  readonly kind: 'opened';
  readonly scope: Scope;
  readonly loaded: Loaded;
  readonly pacer: Pacer;
  readonly loadMs: number;
}

/** A scope that this tick leaves alone: another one is at work on it, or its journal failed. */
export interface Unopened {
  readonly kind: 'busy' | 'failed';
  readonly scope: Scope;
  readonly reason: string;
}

/**
 * A lease only keeps two ticks from doing the same work; truth never depends on it. So it is
 * short: after a run that was killed, the next one waits for seconds, not for a whole timeout.
 */
const LEASE_MS = 10_000;
const LEASE_POLL_MS = 500;

/** Takes the scope's lease, then finds its last commit: both before the first request to ECS. */
export async function open(ports: Ports, tick: Tick, scope: Scope): Promise<Opened | Unopened> {
  const { journal, runtime } = ports;
  const startMs = runtime.now();
  try {
    if (!(await waitForLease(ports, tick, scope))) {
      return { kind: 'busy', scope, reason: 'another tick is at work on this scope' };
    }
    const loaded = await load(journal, scope, tick.memory);
    const pacer = openPacer(ports, tick, scope);
    return { kind: 'opened', scope, loaded, pacer, loadMs: runtime.now() - startMs };
  } catch (error) {
    return { kind: 'failed', scope, reason: reasonOf(error) };
  }
}

async function waitForLease(
  { journal, runtime }: Ports,
  tick: Tick,
  scope: Scope,
): Promise<boolean> {
  const untilMs = scanDeadlineMs(tick);
  for (;;) {
    const nowMs = runtime.now();
    const lease = { owner: tick.tickId, untilMs: Math.min(nowMs + LEASE_MS, tick.deadlineMs) };
    const holder = await journal.lease(scope, lease, nowMs);
    if (holder === 'mine') return true;
    const waitMs = Math.min(LEASE_POLL_MS, Math.max(1, holder.untilMs - nowMs));
    if (nowMs + waitMs >= untilMs) return false;
    await runtime.sleep(waitMs);
  }
}

function openPacer({ runtime }: Ports, tick: Tick, { regionId }: Scope): Pacer {
  const { memory, callsPerMinute } = tick;
  const budget = memory.budgets.get(regionId) ?? newBudget(callsPerMinute, runtime.now());
  memory.budgets.set(regionId, budget);
  return createPacer({ callsPerMinute, deadlineMs: scanDeadlineMs(tick), budget }, runtime);
}
