import { conditionOf, type Health, healthAfter, NEW_HEALTH } from '../core/health.ts';
import { commitsAfter } from '../core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT } from '../core/model.ts';
import { withUnservedSeq } from '../delivery/core/register.ts';
import {
  type OpenedJournal,
  openedJournal,
  type Registration,
  registerChannels,
} from '../delivery/register.ts';
import type { Head } from '../ports/journal.ts';
import {
  firstPlace,
  isFailureDue,
  UNREPORTED_AT_ONCE,
  type Unreported,
  unreportedUntilMs,
} from './core/shards.ts';
import { journalBefore, type Opening, type OpenScope, open } from './open.ts';
import type { Ports } from './ports.ts';
import { record } from './record.ts';
import { failed, type ScopeResult, type UnreportedScope } from './scope-result.ts';
import type { Tick } from './tick.ts';
import type { WatchedScopes } from './watch-scopes.ts';

/**
 * Writes the failed scans that are due of scopes without a report, and registers channels in their
 * journals and in the one `beside`. Scopes are taken up fifty at a time, as long as there is time for
 * them beside delivery. Each run begins with another one, so that in the end each has its turn.
 */
export async function settleUnreported(
  ports: Ports,
  tick: Tick,
  all: readonly Unreported[],
  beside: OpenedJournal,
): Promise<WatchedScopes> {
  const first = firstPlace(tick.startMs, all.length);
  const turned = [...all.slice(first), ...all.slice(0, first)];
  const untilMs = unreportedUntilMs(tick);
  const results: ScopeResult[] = [];
  const starts = new Map<string, OpenedJournal['starts']>();
  const failures = new Map<string, Error>();
  for (let place = 0; place === 0 || place < turned.length; place += UNREPORTED_AT_ONCE) {
    if (place > 0 && ports.runtime.now() >= untilMs) {
      results.push(...turned.slice(place).map(unseen));
      break;
    }
    const batch = turned.slice(place, place + UNREPORTED_AT_ONCE);
    const opened = await Promise.all(batch.map((one) => openUnreported(ports, tick, one)));
    const journals = opened.map(journalOfUnreported);
    const registered = await registerChannels(
      ports,
      tick,
      place === 0 ? [beside, ...journals] : journals,
    );
    results.push(
      ...(await Promise.all(opened.map((one) => closeUnreported(ports, tick, one, registered)))),
    );
    for (const [key, own] of registered.starts) starts.set(key, own);
    for (const [key, error] of registered.failures) failures.set(key, error);
  }
  return { results, registered: { starts, failures } };
}

/** There was no time to look at it. The next runs do, and a channel is sent its commits by them. */
function unseen({ scope, reason }: Unreported): UnreportedScope {
  const unknown = { lastSeq: null, appended: [], starts: {}, condition: null };
  return { kind: 'unreported', scope, reason: `${reason}; ${NO_TIME}`, ...unknown };
}

const NO_TIME = 'this run had no time to look at it, and another one will';

/** The journal of a scope without a report, as a run has opened it. */
interface OpenedUnreported {
  readonly unreported: Unreported;
  /** `left`: its shard may have run, and the run writes nothing. */
  readonly opening: Opening | LeftScope;
}

interface LeftScope {
  readonly kind: 'left';
  readonly lastSeq: number;
  readonly head: Head | undefined;
}

/** Looks where the journal of such a scope ends, and takes its lease where a failure is to be written. */
async function openUnreported(
  ports: Ports,
  tick: Tick,
  unreported: Unreported,
): Promise<OpenedUnreported> {
  const { journal, runtime } = ports;
  const { scope, mayHaveRun } = unreported;
  try {
    if (mayHaveRun) {
      // The head comes second: read first, it may lack the starts that the last commit depends on.
      const lastSeq = await journal.lastSeq(scope);
      const head = await journal.head(scope);
      const { health } = head ?? { health: NEW_HEALTH };
      const times = { startMs: tick.startMs, nowMs: runtime.now() };
      if (!isFailureDue(unreported, health, times, tick.healthLimits)) {
        return { unreported, opening: { kind: 'left', lastSeq, head } };
      }
    }
    return { unreported, opening: await open(ports, tick, scope) };
  } catch (error) {
    return { unreported, opening: failed(scope, error) };
  }
}

/** For registering channels in it: a channel that is new may have no start there yet. */
function journalOfUnreported({ unreported, opening }: OpenedUnreported): OpenedJournal {
  if (opening.kind !== 'left') return journalBefore(opening);
  return openedJournal(unreported.scope, opening.lastSeq, opening.head);
}

/** Writes a failed scan where one is due, and says where the journal ends. */
async function closeUnreported(
  ports: Ports,
  tick: Tick,
  { unreported, opening }: OpenedUnreported,
  registered: Registration,
): Promise<ScopeResult> {
  const { scope } = unreported;
  if (opening.kind !== 'left' && opening.kind !== 'open') return opening;
  const notRegistered = registered.failures.get(scope.key);
  if (notRegistered !== undefined) return failed(scope, notRegistered);
  const starts = registered.starts.get(scope.key) ?? {};
  if (opening.kind === 'left') {
    const { lastSeq, head } = opening;
    const health = head?.health ?? NEW_HEALTH;
    return resultOf(ports, tick, unreported, { lastSeq, starts, health, appended: [] });
  }
  try {
    return await writeFailure(ports, tick, unreported, opening, starts);
  } catch (error) {
    return failed(scope, error);
  }
}

async function writeFailure(
  ports: Ports,
  tick: Tick,
  unreported: Unreported,
  { loaded, lease }: OpenScope,
  starts: OpenedJournal['starts'],
): Promise<ScopeResult> {
  const { journal, runtime } = ports;
  const { scope, reason } = unreported;
  const { lastSeq } = loaded;
  const before = loaded.head.health;
  const endMs = runtime.now();
  const times = { startMs: tick.startMs, nowMs: endMs };
  const isDue = (health: Health) => isFailureDue(unreported, health, times, tick.healthLimits);
  const unwritten = (health: Health) =>
    resultOf(ports, tick, unreported, { lastSeq, starts, health, appended: [] });
  // Its shard may have ended well between the first look and the lease.
  if (!isDue(before)) return unwritten(before);
  const { health, notices } = healthAfter(
    before,
    {
      startMs: tick.startMs,
      endMs,
      failure: reason,
      scan: { instances: 0, pages: 0 },
      hold: before.hold,
      expectedRoundMs: null,
    },
    tick.healthLimits,
  );
  if (notices.length > 0) {
    // So may a shard of another run, while this run waited for the leases of other scopes.
    const stored = (await journal.head(scope))?.health ?? before;
    if (!isDue(stored)) return unwritten(stored);
  }
  // A notice follows the last commit, whatever that holds: no snapshot is loaded for it.
  const last = notices.length === 0 ? undefined : await journal.commitAt(scope, lastSeq);
  const snapshot = {
    ...EMPTY_SNAPSHOT,
    seq: lastSeq,
    baselined: true,
    ...(last && { lastAtMs: last.atMs }),
  };
  const commits = commitsAfter(snapshot, {
    scope: scope.key,
    endMs,
    previousAtMs: before.lastGoodStartMs,
    tickId: tick.tickId,
    pages: 'missing',
    since: null,
    details: [],
    isDetailsDue: false,
    changes: [],
    notices,
  });
  const limits = { runtime, deadlineMs: tick.deadlineMs };
  const { appended, isOvertaken } = await record(journal, scope, commits, limits);
  const seq = lastSeq + appended.length;
  const known = { lastSeq: seq, starts, appended };
  if (isOvertaken) return resultOf(ports, tick, unreported, { ...known, health });
  const { channels } = tick.memory;
  const next = withUnservedSeq({ ...health, seq }, starts, channels, scope.key);
  const held = { owner: tick.tickId, untilMs: lease.untilMs };
  if ((await journal.saveFailure(scope, next, held)) === 'saved') {
    return resultOf(ports, tick, unreported, { ...known, health });
  }
  const stored = (await journal.head(scope))?.health ?? before;
  return resultOf(ports, tick, unreported, { ...known, health: stored });
}

interface KnownNow {
  readonly lastSeq: number;
  readonly starts: OpenedJournal['starts'];
  readonly health: Health;
  readonly appended: readonly Commit[];
}

function resultOf(
  { runtime }: Ports,
  { healthLimits }: Tick,
  { scope, reason }: Unreported,
  { health, ...known }: KnownNow,
): UnreportedScope {
  const condition = conditionOf(health, runtime.now(), healthLimits);
  return { kind: 'unreported', scope, reason, condition, ...known };
}
