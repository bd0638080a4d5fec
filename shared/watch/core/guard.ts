import type { Hold } from '../../core/health.ts';
import type { SecondOpinion } from '../../core/second-opinion.ts';

/**
 * The mass-vanish guard: how much of a fleet may be called released at once.
 *
 * An empty answer can be a lost permission (HTTP 200 with an empty list) or an outage. A page of
 * false releases costs the on-call engineers their trust, three minutes of patience cost little:
 * so a mass release is believed only after several scans in a row and a second proof.
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

export type Verdict =
  | { readonly kind: 'believe' }
  | { readonly kind: 'hold'; readonly hold: Hold; readonly isNew: boolean };

export function wouldTrip(known: number, gone: number, limits: GuardLimits): boolean {
  if (gone === 0) return false;
  return gone === known || (gone >= limits.count && gone >= known * limits.share);
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
    readonly held: Hold | undefined;
    /**
     * The listing was at one with its own count, or, since in a fleet that moves it seldom is, the
     * answers by id had witnesses. Only such scans count for a release.
     */
    readonly vouched: boolean;
    readonly opinion: SecondOpinion;
    readonly nowMs: number;
  },
  limits: GuardLimits,
): Verdict {
  if (!wouldTrip(known, gone, limits)) return { kind: 'believe' };
  // More than was held is news of its own, and starts from the beginning.
  const before = held === undefined || gone > held.missing ? 0 : held.scans;
  const scans = scansAfter(before, vouched, opinion);
  // The same outage may keep DescribeInstances from answering: no answer is no proof either.
  if (scans >= limits.scans && opinion === 'agrees') return { kind: 'believe' };
  return {
    kind: 'hold',
    hold: { missing: gone, scans, sinceMs: held?.sinceMs ?? nowMs },
    isNew: held === undefined,
  };
}

/** Who contradicts starts the count again; who does not answer leaves it as it is. */
function scansAfter(before: number, vouched: boolean, opinion: SecondOpinion): number {
  if (opinion === 'contradicts' || opinion === 'refuses') return 0;
  return before + (vouched && opinion === 'agrees' ? 1 : 0);
}
