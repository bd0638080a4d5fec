import { healthWithCredibleTimes } from '../core/credible-times.ts';
import { isResting } from '../core/health.ts';
import type { Scope } from '../core/model.ts';
import { type OpenedJournal, openedJournal } from '../delivery/register.ts';
import type { Head, JournalReader } from '../ports/journal.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { type Loaded, type LoadedSnapshot, load, rememberedHead, storedHead } from './load.ts';
import type { Ports } from './ports.ts';
import { type FailedScope, failed, type RestingScope, type SkippedScope } from './scope-result.ts';
import { type TakenLease, takeLease } from './take-lease.ts';
import type { Tick } from './tick.ts';

/** A scope at the start of a tick: the last commit of its journal, and its fleet. */
export interface OpenScope {
  readonly kind: 'open';
  readonly scope: Scope;
  readonly loaded: Loaded;
  readonly fleet: Fleet;
  readonly lease: TakenLease;
  readonly loadMs: number;
}

export type Opening = OpenScope | RestingScope | SkippedScope | FailedScope;

/** Takes the scope's lease, then finds its last commit: both before the first request to ECS. */
export async function open(ports: Ports, tick: Tick, scope: Scope): Promise<Opening> {
  const { journal, runtime } = ports;
  const startMs = runtime.now();
  try {
    // A warm function reads nothing here.
    const head = rememberedHead(tick, scope) ?? (await storedHead(journal, scope));
    if (scope.isDiscovered === true && (await rests(journal, tick, scope, head))) {
      return { kind: 'resting', scope, head };
    }
    const lease = await takeLease(ports, tick, scope, head);
    if (lease === null) {
      return { kind: 'skipped', scope, reason: 'another tick is at work on this scope' };
    }
    const known = lease.isCounted ? head : null;
    const loaded = credible(await load(journal, scope, { ...tick, head: known }), runtime.now());
    const fleet = openFleet(ports, tick, scope, loaded.head.health);
    return { kind: 'open', scope, loaded, fleet, lease, loadMs: runtime.now() - startMs };
  } catch (error) {
    return failed(scope, error);
  }
}

/** A region rests no longer once an event has shown an instance there, which polling is to watch. */
async function rests(
  journal: JournalReader,
  { startMs, takesEvents }: Tick,
  scope: Scope,
  { health }: Head,
): Promise<boolean> {
  if (!isResting(health, startMs)) return false;
  return !takesEvents || (await journal.lastSeq(scope)) <= health.seq;
}

/** What a clock that was wrong has written is put right. */
export function credible(loaded: Loaded, nowMs: number): Loaded {
  const { head, notes } = loaded;
  const { health, ignored } = healthWithCredibleTimes(head.health, nowMs);
  if (ignored.length === 0) return loaded;
  const news = ignored.map((time) => `ignored ${time}: no working clock has written it`);
  return { ...loaded, head: { ...head, health }, notes: [...notes, ...news] };
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
  return openedJournal(scope, opening.loaded.lastSeq, opening.loaded.head);
}
