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
  /** Complete scans in a row that must agree before a held release is believed. */
  readonly scans: number;
}

export const GUARD_LIMITS: GuardLimits = { count: 10, share: 0.3, scans: 3 };

/** A release that is being held, remembered from tick to tick. */
export interface Hold {
  readonly missing: number;
  readonly scans: number;
  readonly sinceMs: number;
}

/**
 * What DescribeInstances says of instances that DescribeInstanceStatus does not show: none of them
 * either, or some of them, or that this account may not look. `unknown`: it could not be asked.
 */
export type SecondOpinion = 'agrees' | 'contradicts' | 'refuses' | 'unknown';

export type Verdict =
  | { readonly kind: 'believe' }
  | { readonly kind: 'hold'; readonly hold: Hold; readonly isNew: boolean };

export function wouldTrip(
  known: number,
  gone: number,
  limits: GuardLimits = GUARD_LIMITS,
): boolean {
  if (gone === 0) return false;
  return gone === known || (gone >= limits.count && gone >= known * limits.share);
}

/** Are `gone` of `known` instances released, or is it too early to say so? */
export function judgeReleases(
  {
    known,
    gone,
    held,
    opinion,
    nowMs,
  }: {
    readonly known: number;
    readonly gone: number;
    readonly held: Hold | undefined;
    readonly opinion: SecondOpinion;
    readonly nowMs: number;
  },
  limits: GuardLimits = GUARD_LIMITS,
): Verdict {
  if (!wouldTrip(known, gone, limits)) return { kind: 'believe' };
  // More than was held is news of its own, and starts from the beginning.
  const scans = held === undefined || gone > held.missing ? 1 : held.scans + 1;
  const isDoubted = opinion === 'contradicts' || opinion === 'refuses';
  if (scans >= limits.scans && !isDoubted) return { kind: 'believe' };
  return {
    kind: 'hold',
    hold: { missing: gone, scans, sinceMs: held?.sinceMs ?? nowMs },
    isNew: held === undefined,
  };
}
