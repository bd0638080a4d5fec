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

/** May this account read the scope at all? `unknown` where the question could not be asked. */
export type Permission = 'granted' | 'denied' | 'unknown';

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
    permission,
    nowMs,
  }: {
    readonly known: number;
    readonly gone: number;
    readonly held: Hold | undefined;
    readonly permission: Permission;
    readonly nowMs: number;
  },
  limits: GuardLimits = GUARD_LIMITS,
): Verdict {
  if (!wouldTrip(known, gone, limits)) return { kind: 'believe' };
  const scans = (held?.scans ?? 0) + 1;
  if (scans >= limits.scans && permission !== 'denied') return { kind: 'believe' };
  return {
    kind: 'hold',
    hold: { missing: gone, scans, sinceMs: held?.sinceMs ?? nowMs },
    isNew: held === undefined,
  };
}
