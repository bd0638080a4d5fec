import { healthAfter } from '../core/health.ts';
import { commitsAfter, fold } from '../core/journal.ts';
import { endedNotes } from '../core/note.ts';
import { tickPeriodMs } from '../core/tick-period.ts';
import { type OpenedJournal, type Registration, registerChannels } from '../delivery/register.ts';
import { allOf } from '../lib/all-of.ts';
import { PAGE_SIZE } from '../ports/inventory.ts';
import { failsToEnter } from './accounts.ts';
import { confirm } from './confirm.ts';
import {
  changedDetails,
  detailsRoundAfter,
  detailsRoundAt,
  isCommitDue,
  withNewest,
} from './core/details-round.ts';
import { diff } from './core/diff.ts';
import { withTallies } from './core/periodic/schedule.ts';
import { joinRound, listingStart, openRound, outcomeOf, roundToContinue } from './core/rounds.ts';
import { enrich } from './enrich.ts';
import { journalBefore, loadOrStop, type Opening, type OpenScope, open } from './open.ts';
import type { Ports } from './ports.ts';
import { record } from './record.ts';
import { scan } from './scan.ts';
import { failed, type ScopeResult, summaryOf } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** What became of the scopes of a run, and where channels begin in their journals. */
export interface WatchedScopes {
  readonly results: readonly ScopeResult[];
  readonly registered: Registration;
}

/**
 * Scans every scope of a tick, and commits what has changed. A failure of one scope stops no other.
 * `beside`: a further journal, in which channels are registered as well.
 */
export async function watchScopes(
  ports: Ports,
  tick: Tick,
  beside?: Promise<OpenedJournal>,
): Promise<WatchedScopes> {
  const [openings, other] = await Promise.all([
    Promise.all(tick.scopes.map((scope) => open(ports, tick, scope))),
    beside,
  ]);
  const journals = [...openings.map(journalBefore), ...(other === undefined ? [] : [other])];
  const registering = registerChannels(ports, tick, journals);
  const results = await Promise.all(
    openings.map((opening) =>
      watchScope(ports, tick, opening, registering).catch((error) => failed(opening.scope, error)),
    ),
  );
  // Waits until every channel is registered, whatever happened to the scopes.
  return { results, registered: await registering };
}

/** One scope of a tick: scan → diff → confirm → enrich → commit. */
async function watchScope(
  ports: Ports,
  tick: Tick,
  opening: Opening,
  registering: Promise<Registration>,
): Promise<ScopeResult> {
  if (opening.kind !== 'open') return opening;
  const { journal, runtime } = ports;
  const { scope } = opening;
  const { commits, before, endMs, ...observed } = await observe(ports, tick, opening);
  // A channel that is registered after a commit would not be sent the commit.
  const registration = await registering;
  const notRegistered = registration.failures.get(scope.key);
  if (notRegistered !== undefined) throw notRegistered;
  const starts = registration.starts.get(scope.key) ?? {};
  const recorded = await record(journal, scope, commits, { runtime, deadlineMs: tick.deadlineMs });
  const after = fold(before, recorded.appended);
  const detailsRound = detailsRoundAfter(observed.detailsRound, recorded.appended);
  const commitMs = runtime.now() - endMs;
  const stored = { starts, after, detailsRound, refreshNote: null, commitMs, ...recorded };
  return { ...opening, ...observed, ...stored, kind: 'recorded' };
}

/**
 * What has happened in a scope, as the commits that say it. The scan itself ends here: what it has seen
 * of a large fleet is not to be in memory while commits are written.
 */
async function observe(
  { accounts, runtime }: Ports,
  { tickId, guard, healthLimits, report }: Tick,
  opening: OpenScope,
) {
  const { scope, fleet, loaded } = opening;
  const { health } = loaded.head;
  const startMs = runtime.now();
  const round = roundToContinue(health, loaded.arrivals, startMs, healthLimits);
  const [{ snapshot: before, damage }, part] = await allOf([
    loadOrStop(opening),
    scan(fleet, listingStart(health, round, PAGE_SIZE)),
  ]);
  const scanned = joinRound(part, round, { before, arrivals: loaded.arrivals, startMs });
  const detailsRound = detailsRoundAt(health, loaded.lastSeq, startMs);
  const newest = withNewest(before, detailsRound.uncommitted);
  const difference = diff(newest, part.statuses, scanned.earlier);
  const evidence = { before: newest, scan: scanned.scan, difference, hold: health.hold };
  const confirmed = await confirm(fleet, evidence, { runtime, guard });
  const endMs = runtime.now();
  const unfinished = openRound(scanned, round, confirmed);
  const enriched = await enrich(fleet, confirmed.changes);
  const isDiscovered = scope.isDiscovered === true;
  const outcome = {
    ...outcomeOf(scanned, unfinished, confirmed, { endMs, periodMs: tickPeriodMs(health) }),
    isOfAccount: failsToEnter(accounts, scope),
    mayRest: isDiscovered,
  };
  const next = healthAfter(health, outcome, healthLimits);
  const nextHealth = {
    ...next,
    health: withTallies(next.health, health, report, {
      startMs,
      isGood: confirmed.failure === null,
    }),
  };
  const ended = endedNotes(before.instances, endMs);
  const commits = commitsAfter(before, {
    scope: scope.key,
    endMs,
    previousAtMs: health.lastGoodStartMs,
    tickId,
    pages: unfinished !== null ? 'part' : confirmed.failure === null ? 'all' : 'missing',
    since: damage?.since ?? null,
    isDiscovered,
    details: [...changedDetails(before, detailsRound.uncommitted, enriched.details), ...ended],
    isDetailsDue: ended.length > 0 || isCommitDue(detailsRound, endMs),
    changes: enriched.changes,
    notices: [...confirmed.notices, ...nextHealth.notices],
  });
  return {
    commits,
    before,
    damage,
    scan: summaryOf(scanned.scan),
    unfinished,
    failure: confirmed.failure,
    namesNote: enriched.note,
    nextHealth,
    detailsRound,
    endMs,
    scanMs: endMs - startMs,
  };
}
