import { holdsOnlyNotes } from './details.ts';
import type { Commit, DetailsChange, Notice } from './model.ts';
import type { Round } from './round.ts';
import type { Tallies } from './tally.ts';
import { tickPeriodMs } from './tick-period.ts';

/** A mass release that is not believed yet, remembered from tick to tick. */
export interface Hold {
  readonly missing: number;
  /** Scans that agreed, and the time of the first of them; absent where an older version held. */
  readonly scans: number;
  readonly countedSinceMs?: number;
  readonly sinceMs: number;
}

/** How far a scope's ticks have come in asking for the details of all its instances, round by round. */
export interface DetailsRound {
  /** The last instance that was asked for, in the order of ids; empty: the round begins. */
  readonly after: string;
  /** All that was due until then has been asked for. */
  readonly coveredUntilMs: number;
  /** The scope's last commit, which could carry details. */
  readonly committedAtMs: number;
  /** What has changed and is in no commit yet. */
  readonly uncommitted: readonly DetailsChange[];
}

/** How the ticks of a scope are doing; kept in the scope's head row. */
export interface Health {
  /** The last commit when this was saved: what later commits say is not in it. */
  readonly seq: number;
  /**
   * The lowest position of the channels that had none of their own then, only a start in the head row.
   * Absent: each had its own.
   */
  readonly unservedSeq?: number;
  readonly lastAttemptAtMs: number;
  /** The end of the last complete scan; null before the first one. */
  readonly lastGoodAtMs: number | null;
  /**
   * The start of the last complete scan after which no release was held: a change that it did not
   * show came later.
   */
  readonly lastGoodStartMs: number | null;
  /** Instances that were seen, and pages that were read, by the last complete scan. */
  readonly instances: number;
  readonly pages: number;
  readonly scanMs: number;
  /** Scans in a row that were not complete. */
  readonly failures: number;
  readonly failingSinceMs: number | null;
  /** The failures since then were announced. Absent: an older version announced the third one. */
  readonly announced?: boolean;
  /** About how far apart the last ticks were. Absent: there was one at most, or an older version. */
  readonly periodMs?: number;
  /** The scope held no instance, and is looked at every `REST_MS` only. Absent: at every tick. */
  readonly rests?: boolean;
  /** Why the last scan was not complete, without secrets; null when it was. */
  readonly reason: string | null;
  readonly hold: Hold | null;
  /** A scan that goes on over several ticks. Absent: none is under way. */
  readonly round?: Round;
  /** How long the last scan took: 0 within one tick; during the first long one, an estimate. */
  readonly roundMs?: number;
  /** That a scan takes several ticks was announced. */
  readonly announcedRound?: boolean;
  /** The calls that the last tick has left over. */
  readonly callsLeft?: CallsLeft;
  /** The calls of the last tick. Absent: an older version has saved this. */
  readonly lastCalls?: LastCalls;
  /** Absent: no report is configured. */
  readonly tallies?: Tallies;
  /** Absent: no round has begun, or an older version has saved this. */
  readonly details?: DetailsRound;
}

/** Calls to ECS that a scope could still send at a time. */
export interface CallsLeft {
  readonly calls: number;
  readonly atMs: number;
}

/** Requests of all kinds that a tick has sent to ECS for a scope. */
export interface LastCalls {
  readonly calls: number;
  /** How many of them ECS has refused as too many. */
  readonly throttles: number;
  /** The scope's share of `ECS_CALLS_PER_MINUTE`. */
  readonly budgetPerMinute: number;
}

/** What all ticks of a scope have sent to ECS, as far as they could store it. It never decreases. */
export interface CallTotals {
  readonly calls: number;
  readonly throttles: number;
}

/** The calls of every tick that stored any. Undefined: none did. */
export function callsOf({
  totals,
  uncounted,
}: {
  readonly totals?: CallTotals | undefined;
  readonly uncounted?: CallTotals | undefined;
}): CallTotals | undefined {
  if (totals === undefined && uncounted === undefined) return undefined;
  return {
    calls: (totals?.calls ?? 0) + (uncounted?.calls ?? 0),
    throttles: (totals?.throttles ?? 0) + (uncounted?.throttles ?? 0),
  };
}

export const NEW_HEALTH: Health = {
  seq: 0,
  lastAttemptAtMs: 0,
  lastGoodAtMs: null,
  lastGoodStartMs: null,
  instances: 0,
  pages: 0,
  scanMs: 0,
  failures: 0,
  failingSinceMs: null,
  reason: null,
  hold: null,
};

/** A scope is healthy until either is reached, whichever is first. */
export interface HealthLimits {
  /** Scans in a row that were not complete. */
  readonly failures: number;
  /** The age of the last complete scan; of one over several ticks, besides the time that it needs. */
  readonly staleMs: number;
}

/** At one tick a minute, one or two failures may pass unnoticed, and five minutes are five ticks. */
export const HEALTH_LIMITS: HealthLimits = { failures: 3, staleMs: 5 * 60 * 1000 };

/** `new`: no scan has been complete yet. Only `healthy` is healthy. */
export type Condition = 'healthy' | 'failing' | 'stale' | 'new';

/** The one definition of healthy: for page, `/healthz`, summary, report, doctor and notices. */
export function conditionOf(
  health: Pick<Health, 'failures' | 'lastGoodAtMs' | 'roundMs' | 'rests'> | undefined,
  nowMs: number,
  limits: HealthLimits = HEALTH_LIMITS,
): Condition {
  if (health === undefined) return 'new';
  if (health.failures >= limits.failures) return 'failing';
  if (health.lastGoodAtMs === null) return 'new';
  return nowMs - health.lastGoodAtMs > staleAfterMs(health, limits) ? 'stale' : 'healthy';
}

/** A round may take twice as long as the one before: ECS throttles, and fleets grow. */
const ROUND_PATIENCE = 2;

/**
 * The age of the last complete scan from which on a scope is stale. A scope that rests is looked at
 * later, and one that needs several ticks is seen later.
 */
export function staleAfterMs(
  { roundMs = 0, rests }: Pick<Health, 'roundMs' | 'rests'>,
  { staleMs }: Pick<HealthLimits, 'staleMs'>,
): number {
  return staleMs + ROUND_PATIENCE * roundMs + (rests === true ? REST_MS : 0);
}

/**
 * How often an empty region is looked at that the configuration does not name. Most regions stay empty for years:
 * looking at thirty of them every minute would cost more than the fleet.
 */
export const REST_MS = 5 * 60 * 1000;
/** Ticks come a little early or late: the one that is nearest to the time looks. */
const REST_MARGIN_MS = 30_000;

/** Is a scope not to be looked at yet? */
export function isResting(
  { rests, failures, lastGoodStartMs }: Pick<Health, 'rests' | 'failures' | 'lastGoodStartMs'>,
  nowMs: number,
): boolean {
  if (rests !== true || failures > 0 || lastGoodStartMs === null) return false;
  const ageMs = nowMs - lastGoodStartMs;
  return ageMs >= 0 && ageMs < REST_MS - REST_MARGIN_MS;
}

/** How a scan ended. */
export interface ScanOutcome {
  readonly startMs: number;
  readonly endMs: number;
  /** Why it was not complete; null when it was, and every suspect could be judged. */
  readonly failure: string | null;
  /** The account failed, not the scope: that is announced once for all of its scopes. */
  readonly isOfAccount?: boolean;
  /** Of a scan over several ticks, what all of them have seen and read. */
  readonly scan: { readonly instances: number; readonly pages: number };
  readonly hold: Hold | null;
  /** The scan goes on with the next tick, and ends after about so long in all; null: it has ended. */
  readonly expectedRoundMs: number | null;
  /** The configuration does not name the scope: it rests while it holds no instance. */
  readonly mayRest?: boolean;
}

/** The health after a scan, and what there is to announce about it. */
export interface NextHealth {
  readonly health: Health;
  readonly notices: readonly Notice[];
}

/** A scope that fails is announced once it is no longer healthy, and so is its first good scan. */
export function healthAfter(
  before: Health,
  outcome: ScanOutcome,
  limits: HealthLimits = HEALTH_LIMITS,
): NextHealth {
  const { failure, expectedRoundMs } = outcome;
  if (failure !== null) return afterFailure(before, outcome, failure, limits);
  if (expectedRoundMs !== null) return afterPart(before, outcome, expectedRoundMs, limits);
  return afterCompleteScan(before, outcome);
}

function wasAnnounced({ failures, announced }: Health): boolean {
  return failures > 0 && (announced ?? failures >= HEALTH_LIMITS.failures);
}

function afterFailure(
  before: Health,
  { startMs, endMs, hold, isOfAccount }: ScanOutcome,
  reason: string,
  limits: HealthLimits,
): NextHealth {
  const failures = before.failures + 1;
  const sinceMs = before.failingSinceMs ?? startMs;
  const attempt = { ...before, ...periodAfter(before, endMs), lastAttemptAtMs: endMs };
  const health = { ...attempt, failures, failingSinceMs: sinceMs };
  const condition = conditionOf(health, endMs, limits);
  const isAnnounced = wasAnnounced(before);
  const isNews = !isAnnounced && !isOfAccount && (condition === 'failing' || condition === 'stale');
  return {
    health: { ...health, announced: isAnnounced || isNews, reason, hold },
    notices: isNews ? [{ kind: 'scans-failing', failures, sinceMs, reason }] : [],
  };
}

function afterCompleteScan(before: Health, outcome: ScanOutcome): NextHealth {
  const { startMs, endMs, scan, hold } = outcome;
  const took = before.round === undefined ? 0 : Math.max(0, endMs - startMs);
  const roundMs = before.round === undefined && before.roundMs === undefined ? undefined : took;
  // A round that failed for a while says how long ECS was out of order, not how long a scan takes.
  const isLong = took > 0 && before.failures === 0 && before.announcedRound !== true;
  return {
    health: {
      ...before,
      ...afterGoodTick(before, endMs),
      ...restsAfter(before, outcome),
      lastGoodAtMs: endMs,
      // What is held may have been released at any time since the last scan that showed it.
      lastGoodStartMs: hold === null ? startMs : before.lastGoodStartMs,
      instances: scan.instances,
      pages: scan.pages,
      scanMs: endMs - startMs,
      ...(roundMs !== undefined && { roundMs }),
      ...(isLong && { announcedRound: true }),
      hold,
    },
    notices: [
      ...noticesOfRecovery(before),
      ...(isLong
        ? [{ kind: 'long-round', instances: scan.instances, roundMs: took } as const]
        : []),
    ],
  };
}

/** Where nothing is seen and no release is held, all known instances are released. */
function restsAfter({ rests }: Health, { mayRest = false, scan, hold }: ScanOutcome) {
  if (!mayRest && rests === undefined) return {};
  return { rests: mayRest && scan.instances === 0 && hold === null };
}

/** What such a tick has read is sound: only its time, or its calls, were not enough for all. */
function afterPart(
  before: Health,
  { endMs, hold }: ScanOutcome,
  expectedRoundMs: number,
  limits: HealthLimits,
): NextHealth {
  // The last whole round says best how long one takes.
  const roundMs = before.roundMs || expectedRoundMs;
  // Only the end of the scan can say that failures are over.
  const health = {
    ...before,
    ...periodAfter(before, endMs),
    lastAttemptAtMs: endMs,
    roundMs,
    hold,
  };
  const { lastGoodAtMs } = health;
  if (lastGoodAtMs === null || conditionOf(health, endMs, limits) !== 'stale') {
    return { health, notices: [] };
  }
  // One failure, however many ticks it takes: none of them has failed, but the scan does not end.
  const failures = Math.max(1, before.failures);
  const sinceMs = before.failingSinceMs ?? lastGoodAtMs;
  const reason =
    'the scan goes on for too long: ECS, or ECS_CALLS_PER_MINUTE, allows too few calls';
  return {
    health: { ...health, failures, failingSinceMs: sinceMs, announced: true, reason },
    notices: wasAnnounced(before) ? [] : [{ kind: 'scans-failing', failures, sinceMs, reason }],
  };
}

function afterGoodTick(before: Health, endMs: number) {
  return {
    ...periodAfter(before, endMs),
    lastAttemptAtMs: endMs,
    failures: 0,
    failingSinceMs: null,
    announced: false,
    reason: null,
  };
}

function noticesOfRecovery(before: Health): readonly Notice[] {
  const { failures, failingSinceMs: sinceMs } = before;
  if (!wasAnnounced(before) || sinceMs === null) return [];
  return [{ kind: 'scans-recovered', failures, sinceMs }];
}

/** Two ticks at once are no shorter period: it goes down by half with each tick at most. */
function periodAfter({ lastAttemptAtMs, periodMs = 0 }: Health, endMs: number) {
  const gapMs = lastAttemptAtMs === 0 ? 0 : endMs - lastAttemptAtMs;
  const nextMs = Math.max(gapMs, Math.floor(periodMs / 2));
  return nextMs > 0 ? { periodMs: nextMs } : {};
}

/** Ticks that may be missing before the first one after them says so; a minute each at least. */
const MISSED_TICKS = 3;

/** The last attempt of a scope, if it is more than three ticks old; otherwise null. */
export function missedSince({ lastAttemptAtMs, periodMs }: Health, nowMs: number): number | null {
  if (periodMs === undefined) return null;
  const limitMs = MISSED_TICKS * tickPeriodMs({ periodMs });
  return nowMs - lastAttemptAtMs > limitMs ? lastAttemptAtMs : null;
}

/**
 * Commits before the checkpoint that are read for their notices. A health that is further behind was
 * never stored, or cannot be read; the whole journal could take more than a tick has of time.
 */
const MAX_REPLAYED_COMMITS = 1_000;

/**
 * The commit past which a cold tick reads the journal. That is the checkpoint's, or an older one
 * where the health is older: a slow tick may save its health after another tick's checkpoint.
 */
export function coldReadSeq(checkpointSeq: number, healthSeq: number): number {
  return Math.max(Math.min(checkpointSeq, healthSeq), checkpointSeq - MAX_REPLAYED_COMMITS);
}

/**
 * Adds to the health what the journal says of it. A tick that died between its commit and its health
 * has announced what the health does not remember. Without this, it would be announced twice.
 */
export function replayNotices(health: Health, commits: readonly Commit[]): Health {
  let { hold, failures, failingSinceMs, announcedRound } = health;
  let announced = wasAnnounced(health);
  for (const { seq, notice, changes, atMs } of commits) {
    // The health was saved after this commit, so it holds what the commit says.
    if (seq <= health.seq) continue;
    if (notice?.kind === 'suspicious-scan') {
      hold ??= { missing: notice.missing, scans: 0, sinceMs: atMs };
    }
    if (notice?.kind === 'suspicion-lifted' || changes.some(({ to }) => to === null)) hold = null;
    if (notice?.kind === 'scans-failing') {
      failures = Math.max(failures, notice.failures);
      failingSinceMs ??= notice.sinceMs;
      announced = true;
    }
    if (notice?.kind === 'long-round') announcedRound = true;
    if (notice?.kind === 'scans-recovered') {
      failures = 0;
      failingSinceMs = null;
      announced = false;
    }
  }
  const long = announcedRound === undefined ? {} : { announcedRound };
  const seq = seqPastNotes(health.seq, commits);
  return { ...health, seq, hold, failures, failingSinceMs, announced, ...long };
}

/**
 * People write notes beside the ticks. A health that knows all but these is as it should be: a round
 * goes on, and so do details that wait for a commit.
 */
function seqPastNotes(healthSeq: number, commits: readonly Commit[]): number {
  let reached = healthSeq;
  for (const commit of commits) {
    if (commit.seq === reached + 1 && holdsOnlyNotes(commit)) reached = commit.seq;
  }
  return reached;
}
