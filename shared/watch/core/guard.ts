import type { Hold } from '../../core/health.ts';
import type { Notice } from '../../core/model.ts';
import type { SecondOpinion } from '../../core/second-opinion.ts';

/**
 * The mass-vanish guard: how much of a fleet may be called released at once.
 *
 * An empty answer can be a lost permission (HTTP 200 with an empty list) or an outage. A page of
 * false releases costs the on-call engineers their trust; three minutes of patience cost little. So
 * a mass release is believed only after several scans in a row and a second proof.
 */
export interface GuardLimits {
  /** The guard trips when at least so many instances … */
  readonly count: number;
  /** … and at least this share of the known fleet (0–1) vanish at once, or all of it does. */
  readonly share: number;
  /** Scans, and as many second opinions, that must agree before a held release is believed. */
  readonly scans: number;
}

/** The reasons for these numbers are in docs/architecture.md, "What a scan proves". */
export const GUARD_LIMITS: GuardLimits = { count: 10, share: 0.3, scans: 3 };

/**
 * From this share of the fleet on, few or no live instances vouch for what ECS answers, and an ECS
 * that answers empty to everything agrees with itself. Such a release needs more scans, over a longer
 * time, and the proof that this account may look at all.
 */
const NEARLY_ALL_SHARE = 0.9;
const NEARLY_ALL_SCANS = 5;
const NEARLY_ALL_MS = 10 * 60_000;

/** Whether a release is believed, and what there is to announce about that. */
export type Verdict =
  | { readonly kind: 'believe'; readonly notices: readonly Notice[] }
  | { readonly kind: 'hold'; readonly hold: Hold; readonly notices: readonly Notice[] };

export function wouldTrip(known: number, gone: number, limits: GuardLimits): boolean {
  if (gone === 0) return false;
  return gone === known || (gone >= limits.count && gone >= known * limits.share);
}

export function isNearlyAll(known: number, gone: number): boolean {
  return gone >= known * NEARLY_ALL_SHARE;
}

/** Are `gone` of `known` instances released, or is it too early to say so? */
export function judgeReleases(
  {
    known,
    gone,
    held,
    vouched,
    opinion,
    nowMs,
  }: {
    readonly known: number;
    readonly gone: number;
    readonly held: Hold | null;
    /**
     * The listing agreed with its own count. In a fleet that moves it seldom does: there it is
     * enough that the answers by id had witnesses. Only such scans count for a release.
     */
    readonly vouched: boolean;
    readonly opinion: SecondOpinion;
    readonly nowMs: number;
  },
  limits: GuardLimits,
): Verdict {
  if (!wouldTrip(known, gone, limits))
    return { kind: 'believe', notices: noticesOfReturn(held, gone) };
  // A release that has grown is news of its own, and its scans are counted from the beginning.
  const before = held === null || gone > held.missing ? 0 : held.scans;
  const scans = scansAfter(before, vouched, opinion);
  // A clock that was ahead leaves a time in the future, which would be waited for.
  const countedSinceMs = before === 0 ? nowMs : Math.min(held?.countedSinceMs ?? nowMs, nowMs);
  const isProven = isNearlyAll(known, gone)
    ? scans >= Math.max(limits.scans, NEARLY_ALL_SCANS) && nowMs - countedSinceMs >= NEARLY_ALL_MS
    : scans >= limits.scans;
  // The same outage may keep DescribeInstances from answering: a missing answer is no proof.
  if (isProven && opinion === 'agrees') return { kind: 'believe', notices: [] };
  return {
    kind: 'hold',
    hold: { missing: gone, scans, sinceMs: held?.sinceMs ?? nowMs, countedSinceMs },
    notices: held === null ? [{ kind: 'suspicious-scan', missing: gone, known }] : [],
  };
}

/** A contradiction resets the count; a missing answer or proof leaves it unchanged. */
function scansAfter(before: number, vouched: boolean, opinion: SecondOpinion): number {
  if (opinion === 'contradicts' || opinion === 'refuses') return 0;
  return before + (vouched && opinion === 'agrees' ? 1 : 0);
}

/** Instances whose release was held are back. */
function noticesOfReturn(held: Hold | null, gone: number): readonly Notice[] {
  const missing = held === null ? 0 : held.missing - gone;
  return missing > 0 ? [{ kind: 'suspicion-lifted', missing }] : [];
}
