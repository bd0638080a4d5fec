import { healthWithCredibleTimes } from '../core/credible-times.ts';
import { isResting } from '../core/health.ts';
import type { Scope } from '../core/model.ts';
import { lostStartsOf, type OpenedJournal } from '../delivery/register.ts';
import type { Head } from '../ports/journal.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { type Loaded, type LoadedSnapshot, load } from './load.ts';
import type { Ports } from './ports.ts';
import { type FailedScope, failed, type RestingScope, type SkippedScope } from './scope-result.ts';
import { scanDeadlineMs, type Tick } from './tick.ts';

/** A scope at the start of a tick: the last commit of its journal, and its fleet. */
export interface OpenScope {
  readonly kind: 'open';
  readonly scope: Scope;
  readonly loaded: Loaded;
  readonly fleet: Fleet;
  readonly lease: TakenLease;
  readonly loadMs: number;
}

/** The lease of a scope as the tick took it. */
export interface TakenLease {
  readonly untilMs: number;
  /** The totals hold the calls of every tick before, and the head is the one that the tick knew. */
  readonly isCounted: boolean;
}

export type Opening = OpenScope | RestingScope | SkippedScope | FailedScope;

/**
 * A lease only keeps two ticks from doing the same work; truth never depends on it. So it is
 * short: after a run that was killed, the next one waits for seconds, not for a whole timeout.
 */
const LEASE_MS = 10_000;
const LEASE_POLL_MS = 500;

/** Takes the scope's lease, then finds its last commit: both before the first request to ECS. */
export async function open(ports: Ports, tick: Tick, scope: Scope): Promise<Opening> {
  const { journal, runtime } = ports;
  const startMs = runtime.now();
  try {
    const head = scope.isDiscovered === true ? await knownHead(ports, tick, scope) : undefined;
    if (head !== undefined && isResting(head.health, tick.startMs)) {
      return { kind: 'resting', scope, head };
    }
    const lease = await waitForLease(ports, tick, scope);
    if (lease === null) {
      return { kind: 'skipped', scope, reason: 'another tick is at work on this scope' };
    }
    const isHeadStale = !lease.isCounted;
    const loaded = credible(await load(journal, scope, { ...tick, isHeadStale }), runtime.now());
    const fleet = openFleet(ports, tick, scope, loaded.head.health);
    return { kind: 'open', scope, loaded, fleet, lease, loadMs: runtime.now() - startMs };
  } catch (error) {
    return failed(scope, error);
  }
}

/** What a clock that was wrong has written is put right. */
export function credible(loaded: Loaded, nowMs: number): Loaded {
  const { head, notes } = loaded;
  const { health, ignored } = healthWithCredibleTimes(head.health, nowMs);
  if (ignored.length === 0) return loaded;
  const news = ignored.map((time) => `ignored ${time}: no working clock has written it`);
  return { ...loaded, head: { ...head, health }, notes: [...notes, ...news] };
}

/** In a warm function this reads nothing. */
async function knownHead({ journal }: Ports, tick: Tick, scope: Scope): Promise<Head | undefined> {
  return rememberedHead(tick, scope) ?? (await journal.head(scope));
}

/** The head of a scope as the last tick left it, if the function remembers it or was given it. */
function rememberedHead({ memory, heads }: Tick, { key }: Scope): Head | undefined {
  return heads === undefined ? memory.scopes.get(key)?.head : heads.get(key);
}

/** Null: another tick holds it. */
async function waitForLease(
  { journal, runtime }: Ports,
  tick: Tick,
  scope: Scope,
): Promise<TakenLease | null> {
  const lastMs = scanDeadlineMs(tick);
  let known = rememberedHead(tick, scope);
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

/**
 * The snapshot of a scope. If it cannot be loaded, its scan stops: there is nothing to compare with.
 */
export async function loadOrStop({ loaded, fleet }: OpenScope): Promise<LoadedSnapshot> {
  try {
    return await loaded.loadSnapshot();
  } catch (error) {
    fleet.stop();
    throw error;
  }
}

/** A scope's journal as the tick has opened it, for registering channels in it. */
export function journalBefore(opening: Opening): OpenedJournal {
  const { scope } = opening;
  if (opening.kind !== 'open') return { scope, lastSeq: null, starts: {} };
  const { lastSeq, head } = opening.loaded;
  const lostStarts = lostStartsOf(head);
  return { scope, lastSeq, starts: head.starts, ...(lostStarts && { lostStarts }) };
}
