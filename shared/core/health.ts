import type { Commit, Notice } from './model.ts';

/** A mass release that is not believed yet, remembered from tick to tick. */
export interface Hold {
  readonly missing: number;
  /** Scans that agreed, and the time of the first of them; absent where an older version held. */
  readonly scans: number;
  readonly countedSinceMs?: number;
  readonly sinceMs: number;
}

/** How the ticks of a scope are doing; kept in the scope's head row. */
export interface Health {
  /** The last commit when this was saved: what later commits say is not in it. */
  readonly seq: number;
  readonly lastAttemptAtMs: number;
  /** The end of the last complete scan; null before the first one. */
  readonly lastGoodAtMs: number | null;
  /** The start of the last complete scan: a change that it did not show came later. */
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
  /** The age of the last complete scan. */
  readonly staleMs: number;
}

/** At one tick a minute, one or two failures may pass unnoticed, and five minutes are five ticks. */
export const HEALTH_LIMITS: HealthLimits = { failures: 3, staleMs: 5 * 60 * 1000 };

/** `new`: no scan has been complete yet. Only `healthy` is healthy. */
export type Condition = 'healthy' | 'failing' | 'stale' | 'new';

/** The one definition of healthy: for page, `/healthz`, summary, report, doctor and notices. */
export function conditionOf(
  health: Pick<Health, 'failures' | 'lastGoodAtMs' | 'rests'> | undefined,
  nowMs: number,
  limits: HealthLimits = HEALTH_LIMITS,
): Condition {
  if (health === undefined) return 'new';
  if (health.failures >= limits.failures) return 'failing';
  if (health.lastGoodAtMs === null) return 'new';
  return nowMs - health.lastGoodAtMs > staleAfterMs(health, limits) ? 'stale' : 'healthy';
}

/** The age of the last complete scan from which it is stale. A scope that rests is looked at later. */
export function staleAfterMs(
  { rests }: Pick<Health, 'rests'>,
  { staleMs }: Pick<HealthLimits, 'staleMs'>,
): number {
  return rests === true ? staleMs + REST_MS : staleMs;
}

/**
 * How often an empty region is looked at that the configuration does not name. Most regions stay empty for years:
 * looking at thirty of them every minute would cost more than the fleet.
 */
export const REST_MS = 5 * 60 * 1000;
/** Ticks come a little early or late: the one that is nearest to the time looks. */
const REST_SLACK_MS = 30_000;

/** Is a scope not to be looked at yet? */
export function isResting(
  { rests, failures, lastGoodStartMs }: Pick<Health, 'rests' | 'failures' | 'lastGoodStartMs'>,
  nowMs: number,
): boolean {
  if (rests !== true || failures > 0 || lastGoodStartMs === null) return false;
  const ageMs = nowMs - lastGoodStartMs;
  return ageMs >= 0 && ageMs < REST_MS - REST_SLACK_MS;
}

/** How a scan ended. */
export interface ScanOutcome {
  readonly startMs: number;
  readonly endMs: number;
  /** Why it was not complete; null when it was, and every suspect could be judged. */
  readonly failure: string | null;
  /** The account failed, not the scope: that is announced once for all of its scopes. */
  readonly isOfAccount?: boolean;
  readonly scan: { readonly statuses: ReadonlyMap<string, string>; readonly pages: number };
  readonly hold: Hold | null;
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
  return outcome.failure === null
    ? afterCompleteScan(before, outcome)
    : afterFailure(before, outcome, outcome.failure, limits);
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
  const { failures, failingSinceMs } = before;
  return {
    health: {
      ...before,
      ...periodAfter(before, endMs),
      ...restsAfter(before, outcome),
      lastAttemptAtMs: endMs,
      lastGoodAtMs: endMs,
      lastGoodStartMs: startMs,
      instances: scan.statuses.size,
      pages: scan.pages,
      scanMs: endMs - startMs,
      failures: 0,
      failingSinceMs: null,
      announced: false,
      reason: null,
      hold,
    },
    notices:
      wasAnnounced(before) && failingSinceMs !== null
        ? [{ kind: 'scans-recovered', failures, sinceMs: failingSinceMs }]
        : [],
  };
}

/** Where nothing is seen and no release is held, all known instances are released. */
function restsAfter({ rests }: Health, { mayRest = false, scan, hold }: ScanOutcome) {
  if (!mayRest && rests === undefined) return {};
  return { rests: mayRest && scan.statuses.size === 0 && hold === null };
}

/** Two ticks at once are no shorter period: it goes down by half with each tick at most. */
function periodAfter({ lastAttemptAtMs, periodMs = 0 }: Health, endMs: number) {
  const gapMs = lastAttemptAtMs === 0 ? 0 : endMs - lastAttemptAtMs;
  const nextMs = Math.max(gapMs, Math.floor(periodMs / 2));
  return nextMs > 0 ? { periodMs: nextMs } : {};
}

/** Ticks that may be missing before the first one after them says so; a minute each at least. */
const MISSED_TICKS = 3;
const MIN_PERIOD_MS = 60_000;

/** The last attempt of a scope, if it is more than three ticks old; otherwise null. */
export function missedSince({ lastAttemptAtMs, periodMs }: Health, nowMs: number): number | null {
  if (periodMs === undefined) return null;
  const limitMs = MISSED_TICKS * Math.max(periodMs, MIN_PERIOD_MS);
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
  let { hold, failures, failingSinceMs } = health;
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
    if (notice?.kind === 'scans-recovered') {
      failures = 0;
      failingSinceMs = null;
      announced = false;
    }
  }
  return { ...health, hold, failures, failingSinceMs, announced };
}
