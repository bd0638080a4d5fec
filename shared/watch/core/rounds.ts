import {
  HEALTH_LIMITS,
  type Health,
  type HealthLimits,
  missedSince,
  type ScanOutcome,
  staleAfterMs,
} from '../../core/health.ts';
import type { Commit, Snapshot } from '../../core/model.ts';
import { packSeen, type Round, unpackSeen } from '../../core/round.ts';
import { tickPeriodMs } from '../../core/tick-period.ts';
import { GUARD_LIMITS, wouldTrip } from './guard.ts';
import { judgeListing, type ListingStart, type Scan } from './listing.ts';

/** A scan as far as it has come: what this tick has read, and what earlier ticks have. */
export interface RoundScan {
  /** What this tick has read, judged by all that the round has seen. */
  readonly scan: Scan;
  /** When the first page of the round was asked for. */
  readonly startMs: number;
  /** Pages of the whole round. */
  readonly pages: number;
  /** Ticks that have read a part of it, this one included. */
  readonly parts: number;
  /** The instances that earlier ticks of the round have seen; empty when it began with this one. */
  readonly earlier: ReadonlySet<string>;
  /** Instances that the whole round has seen. */
  readonly seen: number;
}

/**
 * The instances that have appeared by commits after a health was saved. Null: more has happened than a
 * round can go on after. Events are committed between the ticks of a round: a round that ended with each
 * would never come to its end, and nothing of a busy fleet would ever be released.
 */
export function arrivalsIn(
  commits: readonly Commit[],
  { seq }: Pick<Health, 'seq'>,
): ReadonlySet<string> | null {
  const later = commits.filter((commit) => commit.seq > seq);
  const isWhole = later.every((commit, index) => commit.seq === seq + 1 + index);
  const isOfLiving = later.every(
    ({ changes, notice }) => notice === undefined && changes.every(({ to }) => to !== null),
  );
  if (!isWhole || !isOfLiving) return null;
  const appeared = later.flatMap(({ changes }) => changes.filter(({ from }) => from === null));
  return new Set(appeared.map(({ instanceId }) => instanceId));
}

/**
 * The round that a tick continues; null when it begins one. A round ends unfinished when more was
 * committed than it can go on after (`arrivals`: null), or anything attempted that its record does not
 * know of, and when ticks were missed, have failed, or were too slow: then too much may have happened
 * behind its back.
 */
export function roundToContinue(
  health: Health,
  arrivals: ReadonlySet<string> | null,
  nowMs: number,
  limits: HealthLimits = HEALTH_LIMITS,
): Round | null {
  const { round } = health;
  if (round === undefined || arrivals === null) return null;
  if (round.lastPartAtMs !== health.lastAttemptAtMs) return null;
  if (missedSince(health, nowMs) !== null || isOlderThanFailures(round, health, limits))
    return null;
  const ageMs = nowMs - round.startMs;
  if (ageMs < 0) return null;
  // Before the first whole scan, nothing says how long one takes.
  if (health.lastGoodAtMs === null) return round;
  // A fleet that has grown, or a timer that was slowed down, makes rounds longer than the last one.
  const roundMs = Math.max(health.roundMs ?? 0, expectedRoundMs(round, tickPeriodMs(health)));
  return ageMs <= staleAfterMs({ ...health, roundMs }, limits) ? round : null;
}

function isOlderThanFailures(
  { startMs }: Round,
  { failures, failingSinceMs }: Health,
  limits: HealthLimits,
): boolean {
  return failures >= limits.failures && failingSinceMs !== null && startMs <= failingSinceMs;
}

/** `pageSize`: instances of a full page. */
export function listingStart(health: Health, round: Round | null, pageSize: number): ListingStart {
  // Two numbers of one scan: a damaged one alone costs no call.
  const known = Math.min(health.instances, health.pages * pageSize);
  if (round === null) return { page: 1, expectedCount: known, seen: known };
  const { nextPage: page, totalCount: expectedCount } = round;
  return { page, expectedCount, seen: Math.max(known, round.seenCount) };
}

/** What a tick begins with. */
interface RoundStart {
  readonly before: Snapshot;
  /** The instances in it that have appeared since the round was stored. */
  readonly arrivals: ReadonlySet<string> | null;
  readonly startMs: number;
}

/** Joins a tick's part of a scan with what the round has seen before. */
export function joinRound(
  part: Scan,
  round: Round | null,
  { before, arrivals, startMs }: RoundStart,
): RoundScan {
  const begun = (scan: Scan): RoundScan => {
    const { pages, statuses } = scan;
    return { scan, startMs, pages, parts: 1, earlier: new Set(), seen: statuses.size };
  };
  if (round === null) return begun(part);
  const earlier = unpackSeen(round.seen, without(arrivals ?? NONE, before.instances));
  if (earlier === null)
    return begun({
      ...part,
      failure: 'the scan was recorded for another fleet: it begins again',
    });
  // The guard against mass releases would see only those that this round has not seen yet, so the
  // scan begins again with the next tick.
  if (part.failure === null && earlier.size > 0 && hasCollapsed(part, round)) {
    return begun({ ...part, nextPage: 1, clean: false });
  }
  const seen = seenCount(earlier, part);
  const isSameCount = part.pages === 0 || part.totalCount === round.totalCount;
  const isSteady = round.isSteady && part.isSteady && isSameCount;
  // Over minutes, a release and a creation leave the same count: it contradicts nothing.
  const scan = { ...judgeListing({ ...part, isSteady }, seen, seen), inconsistency: null };
  const pages = round.pages + part.pages;
  return { scan, startMs: round.startMs, pages, parts: round.parts + 1, earlier, seen };
}

const NONE: ReadonlySet<string> = new Set();

function without(ids: ReadonlySet<string>, instances: Snapshot['instances']) {
  return ids.size === 0 ? instances : new Map([...instances].filter(([id]) => !ids.has(id)));
}

/** Is the listing much shorter than when the round was there last, or gone? */
function hasCollapsed(part: Scan, { totalCount: before }: Round): boolean {
  if (part.pages === 0) return false;
  if (part.statuses.size === 0 && part.nextPage === null) return true;
  return wouldTrip(before, Math.max(0, before - part.totalCount), GUARD_LIMITS);
}

/** How many instances a round has seen so far. */
function seenCount(earlier: ReadonlySet<string>, { statuses }: Pick<Scan, 'statuses'>) {
  let count = statuses.size;
  for (const id of earlier) if (!statuses.has(id)) count += 1;
  return count;
}

/** What the next tick needs to go on with a round. */
export interface OpenRound extends Omit<Round, 'seen' | 'seenCount' | 'lastPartAtMs'> {
  readonly seen: ReadonlySet<string>;
}

/** How far the suspects of a scan were asked for. */
interface Confirmation {
  /** Why the tick did not find out all that it could; null when it did. */
  readonly failure: string | null;
  readonly isCut: boolean;
  readonly found: Iterable<string>;
}

/**
 * The round that the next tick continues; null when it begins one. A scan that failed is continued
 * only if it could not be done within one tick anyway: otherwise reading all of it again is better.
 * If no page was read at all, there is nothing to continue: ECS was not slow, but did not answer.
 */
export function openRound(
  { scan, startMs, pages, parts, earlier }: RoundScan,
  round: Round | null,
  { failure, isCut, found }: Confirmation,
): OpenRound | null {
  const { statuses, isSteady } = scan;
  const isWorthIt = pages > 0 && (earlier.size > 0 || scan.isCut);
  if (failure !== null && !isWorthIt) return null;
  const totalCount = scan.pages > 0 ? scan.totalCount : (round?.totalCount ?? 0);
  // After the last page, only suspects are left. It is read again: its instances are witnesses.
  const lastPage = scan.lastPage ?? Math.max(1, (round?.nextPage ?? 1) - 1);
  const nextPage = scan.nextPage ?? (isCut ? lastPage : null);
  if (nextPage === null) return null;
  const seen = new Set([...earlier, ...statuses.keys(), ...found]);
  return { startMs, parts, nextPage, pages, totalCount, isSteady, seen };
}

/** How a tick's scan has ended, for the health. */
export function outcomeOf(
  { startMs, pages, seen }: RoundScan,
  open: OpenRound | null,
  { failure, hold }: Pick<ScanOutcome, 'failure' | 'hold'>,
  { endMs, periodMs }: { readonly endMs: number; readonly periodMs: number },
): ScanOutcome {
  const instances = open === null ? seen : open.totalCount;
  return {
    startMs,
    endMs,
    failure,
    hold,
    scan: { instances, pages },
    expectedRoundMs: open && expectedRoundMs({ ...open, seenCount: open.seen.size }, periodMs),
  };
}

/** An open round as it is stored, for the fleet as it is after the tick's commits. */
export function storedRound(open: OpenRound, { instances }: Snapshot, atMs: number): Round {
  const { seen, ...rest } = open;
  return { ...rest, lastPartAtMs: atMs, seenCount: seen.size, seen: packSeen(seen, instances) };
}

/** No round is expected to take longer, and a longer time between two ticks was a pause. */
const MAX_ROUND_MS = 24 * 60 * 60 * 1000;
const MAX_PERIOD_MS = 15 * 60 * 1000;

/** About how long a round takes that has come so far, in ticks of this period. */
function expectedRoundMs(
  { parts, seenCount, totalCount }: Pick<Round, 'parts' | 'seenCount' | 'totalCount'>,
  periodMs: number,
): number {
  const share = Math.max(1, seenCount) / Math.max(1, seenCount, totalCount);
  return Math.min(MAX_ROUND_MS, Math.ceil(parts / share) * Math.min(periodMs, MAX_PERIOD_MS));
}
