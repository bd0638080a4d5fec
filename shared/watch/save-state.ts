import { checkpointIsDue, EMPTY_TAIL, extendTail } from '../core/journal.ts';
import { withUnservedSeq } from '../delivery/core/register.ts';
import { JournalError, type LeaseOwners } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import { storedRound } from './core/rounds.ts';
import type { SavedCheckpoint } from './keep-checkpoints.ts';
import type { Remembered } from './memory.ts';
import type { Ports } from './ports.ts';
import type { RecordedScope, ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

export interface SavedStates {
  readonly notes: readonly string[];
  readonly checkpoints: readonly SavedCheckpoint[];
}

const NOTHING_SAVED: SavedStates = { notes: [], checkpoints: [] };

/**
 * Saves for the next tick what this one has learned of every scope. All of it only saves work: a
 * failure is a note, and the next tick reads for itself.
 */
export async function saveStates(
  ports: Ports,
  tick: Tick,
  results: readonly ScopeResult[],
): Promise<SavedStates> {
  const saved = await Promise.all(results.map((result) => saveState(ports, tick, result)));
  return {
    notes: saved.flatMap(({ notes }) => notes),
    checkpoints: saved.flatMap(({ checkpoints }) => checkpoints),
  };
}

async function saveState(ports: Ports, tick: Tick, result: ScopeResult): Promise<SavedStates> {
  if (result.kind === 'resting') return NOTHING_SAVED;
  const { scopes } = tick.memory;
  const { scope } = result;
  scopes.delete(scope.key);
  if (result.kind !== 'recorded' || result.isOvertaken) return NOTHING_SAVED;
  try {
    const stored = await store(ports, tick, result);
    if (hasEveryInstance(result)) scopes.set(scope.key, stored);
    const isNew = stored.head.checkpoint?.writer === tick.tickId;
    return { notes: [], checkpoints: isNew ? [{ scope, snapshot: stored.snapshot }] : [] };
  } catch (error) {
    return { notes: [`${scope.key}: not remembered: ${reasonOf(error)}`], checkpoints: [] };
  }
}

/** Stores a checkpoint when one is due, then the health, which also gives the lease back. */
async function store(
  { journal, runtime }: Ports,
  { tickId, runId, memory }: Tick,
  result: RecordedScope,
): Promise<Remembered> {
  const {
    scope,
    fleet,
    loaded,
    lease,
    damage,
    unfinished,
    starts,
    appended,
    after: snapshot,
  } = result;
  const { round: _, ...learned } = result.nextHealth.health;
  const { calls, throttles } = fleet;
  const health = {
    ...withUnservedSeq(learned, starts, memory.channels, scope.key),
    seq: snapshot.seq,
    callsLeft: fleet.callsLeft(),
    lastCalls: { calls, throttles, budgetPerMinute: fleet.callsPerMinute },
    details: result.detailsRound,
    ...(unfinished !== null && {
      round: storedRound(unfinished, snapshot, learned.lastAttemptAtMs),
    }),
  };
  let { checkpoint } = loaded.head;
  let tail = extendTail(loaded.tail, appended);
  if (hasEveryInstance(result) && (damage !== null || checkpointIsDue(tail, runtime.now()))) {
    const replaced = damage === null ? (checkpoint ?? undefined) : damage.checkpoint;
    checkpoint = await journal.saveCheckpoint(scope, snapshot, tickId, replaced);
    tail = EMPTY_TAIL;
  }
  // A tick that outlives its lease may overlap with another one, which leaves calls as well.
  const isAlone = lease.isCounted && runtime.now() < lease.untilMs;
  const own = { calls, throttles };
  const owners: LeaseOwners = runId === undefined ? [tickId] : [tickId, runId];
  const sent = isAlone ? { leave: own } : { add: own };
  if ((await journal.saveHealth(scope, health, sent, owners)) === 'taken') {
    throw new JournalError('failed', 'LeaseTaken', 'another tick has begun meanwhile');
  }
  // What a counted lease has added is no longer there.
  const others = lease.isCounted ? undefined : loaded.head.uncounted;
  const uncounted = isAlone ? own : others;
  const head = { checkpoint, health, starts, savedBy: tickId, ...(uncounted && { uncounted }) };
  return { snapshot, head, tail };
}

/**
 * A snapshot that was rebuilt from part of the journal lacks instances until a baseline has added
 * them. It is neither stored nor remembered: the next tick would take it for the whole fleet.
 */
function hasEveryInstance({ damage, after }: RecordedScope): boolean {
  return damage === null || after.baselined;
}
