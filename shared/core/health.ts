import type { Commit, Notice } from './model.ts';

/** A release that is being held, remembered from tick to tick. */
export interface Hold {
  readonly missing: number;
  readonly scans: number;
  readonly sinceMs: number;
}

/** What the ticks of a scope have learned about themselves; kept in the scope's head row. */
export interface Health {
  /** The last commit when this was saved: what later ones say is not in it. */
  readonly seq: number;
  readonly lastAttemptAtMs: number;
  /** The end of the last complete scan; null before the first one. */
  readonly lastGoodAtMs: number | null;
  /** The start of the last complete scan: what it did not show had happened later. */
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
  /** A mass release that is not believed yet. */
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

/** How a scan ended: complete, or not and why. */
export interface Scanned {
  readonly startMs: number;
  readonly endMs: number;
  /** Null when the scan was complete and every suspect could be judged. */
  readonly failure: string | null;
  readonly seen: { readonly statuses: ReadonlyMap<string, string>; readonly pages: number };
}

/** Failures in a row that become a notice: at one tick a minute, one or two may be a hiccup. */
export const FAILURES_BEFORE_NOTICE = 3;

/** Health after a scan, and the notice that this turn of health deserves, if any. */
export function healthAfter(
  before: Health,
  scan: Scanned,
): { readonly health: Health; readonly notices: readonly Notice[] } {
  if (scan.failure === null) return recovered(before, scan);
  const failures = before.failures + 1;
  const sinceMs = before.failingSinceMs ?? scan.startMs;
  return {
    health: {
      ...before,
      lastAttemptAtMs: scan.endMs,
      failures,
      failingSinceMs: sinceMs,
      reason: scan.failure,
    },
    notices:
      failures === FAILURES_BEFORE_NOTICE
        ? [{ kind: 'scans-failing', failures, sinceMs, reason: scan.failure }]
        : [],
  };
}

function recovered(
  before: Health,
  { startMs, endMs, seen }: Scanned,
): { readonly health: Health; readonly notices: readonly Notice[] } {
  const { failures, failingSinceMs } = before;
  return {
    health: {
      ...before,
      lastAttemptAtMs: endMs,
      lastGoodAtMs: endMs,
      lastGoodStartMs: startMs,
      instances: seen.statuses.size,
      pages: seen.pages,
      scanMs: endMs - startMs,
      failures: 0,
      failingSinceMs: null,
      reason: null,
    },
    notices:
      failures >= FAILURES_BEFORE_NOTICE && failingSinceMs !== null
        ? [{ kind: 'scans-recovered', failures, sinceMs: failingSinceMs }]
        : [],
  };
}

/**
 * Health as the journal knows it. A tick that died between its commit and its health has told what
 * its health does not remember; told again, it would be a repeat.
 */
export function replayNotices(health: Health, commits: readonly Commit[]): Health {
  let { hold, failures, failingSinceMs } = health;
  for (const { seq, notice, changes, atMs } of commits) {
    // What was committed before the health was saved is in it already.
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
