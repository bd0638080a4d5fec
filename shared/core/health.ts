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

/** How a scan ended. */
export interface ScanOutcome {
  readonly startMs: number;
  readonly endMs: number;
  /** Why it was not complete; null when it was, and every suspect could be judged. */
  readonly failure: string | null;
  readonly scan: { readonly statuses: ReadonlyMap<string, string>; readonly pages: number };
  readonly hold: Hold | null;
}

/** The health after a scan, and what there is to announce about it. */
export interface NextHealth {
  readonly health: Health;
  readonly notices: readonly Notice[];
}

/** Failures in a row that become a notice: at one tick a minute, one or two may pass unnoticed. */
export const FAILURES_BEFORE_NOTICE = 3;

export function healthAfter(before: Health, outcome: ScanOutcome): NextHealth {
  return outcome.failure === null
    ? afterCompleteScan(before, outcome)
    : afterFailure(before, outcome, outcome.failure);
}

function afterFailure(
  before: Health,
  { startMs, endMs, hold }: ScanOutcome,
  reason: string,
): NextHealth {
  const failures = before.failures + 1;
  const sinceMs = before.failingSinceMs ?? startMs;
  return {
    health: { ...before, lastAttemptAtMs: endMs, failures, failingSinceMs: sinceMs, reason, hold },
    notices:
      failures === FAILURES_BEFORE_NOTICE
        ? [{ kind: 'scans-failing', failures, sinceMs, reason }]
        : [],
  };
}

function afterCompleteScan(
  before: Health,
  { startMs, endMs, scan, hold }: ScanOutcome,
): NextHealth {
  const { failures, failingSinceMs } = before;
  return {
    health: {
      ...before,
      lastAttemptAtMs: endMs,
      lastGoodAtMs: endMs,
      lastGoodStartMs: startMs,
      instances: scan.statuses.size,
      pages: scan.pages,
      scanMs: endMs - startMs,
      failures: 0,
      failingSinceMs: null,
      reason: null,
      hold,
    },
    notices:
      failures >= FAILURES_BEFORE_NOTICE && failingSinceMs !== null
        ? [{ kind: 'scans-recovered', failures, sinceMs: failingSinceMs }]
        : [],
  };
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
    }
    if (notice?.kind === 'scans-recovered') {
      failures = 0;
      failingSinceMs = null;
    }
  }
  return { ...health, hold, failures, failingSinceMs };
}

/** A view whose last complete scan is older is called stale: five ticks in a row have failed. */
export const STALE_AFTER_MS = 5 * 60 * 1000;
