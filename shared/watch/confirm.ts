import type { Hold } from '../core/health.ts';
import type { Change, Notice, Snapshot } from '../core/model.ts';
import type { Runtime } from '../lib/runtime.ts';
import { askSuspects } from './ask-suspects.ts';
import { type Diff, judgeSuspects } from './core/diff.ts';
import { type GuardLimits, judgeReleases, wouldTrip } from './core/guard.ts';
import type { Scan } from './core/listing.ts';
import type { Fleet } from './fleet.ts';
import { OPINION_FAILURES, opinionOnVanished, whyEmptyIsDoubtful } from './second-opinion.ts';

/** What a tick goes by: the state before, the scan, how they differ, and what is being held. */
export interface Evidence {
  readonly before: Snapshot;
  readonly scan: Scan;
  readonly difference: Diff;
  readonly hold: Hold | null;
}

/** What is certain once every suspect was asked for by id. */
export interface Confirmed {
  readonly changes: readonly Change[];
  readonly notices: readonly Notice[];
  readonly hold: Hold | null;
  /** Why this is not all that happened; null when it is, or when the next tick goes on. */
  readonly failure: string | null;
  /** The suspects that were found by id. */
  readonly found: Iterable<string>;
  /** There was no time, or no call, left to ask for every suspect. */
  readonly isCut: boolean;
}

/**
 * Turns suspects into facts. A suspect that is found by id has a status. One that is not found is
 * released, unless so many vanish at once that it is too early to say so. After an incomplete scan
 * no suspect is asked for, so nothing is released.
 */
export async function confirm(
  fleet: Fleet,
  { before, scan, difference, hold }: Evidence,
  { runtime, guard }: { readonly runtime: Runtime; readonly guard: GuardLimits },
): Promise<Confirmed> {
  const { changes, suspects } = difference;
  const known = before.instances.size;
  const releaseNothing = (facts: readonly Change[], failure: string | null): Confirmed => {
    return { changes: facts, notices: [], hold, failure, found: [], isCut: false };
  };
  if (scan.failure !== null) return releaseNothing(changes, scan.failure);
  // Only the whole listing makes suspects.
  if (scan.nextPage !== null) return releaseNothing(changes, null);
  const doubtful = await whyEmptyIsDoubtful(fleet, before, scan);
  if (doubtful !== null) return releaseNothing([], doubtful);
  const answers = await askSuspects(fleet, suspects, scan.statuses);
  const judged = judgeSuspects(before.instances, answers.answered, answers.statuses);
  const facts = [...changes, ...judged.changes];
  const { isCut } = answers;
  const found = answers.statuses.keys();
  if (answers.failure !== null) {
    return { ...releaseNothing(facts, answers.failure), found, isCut: true };
  }
  // None of those that were asked for has vanished: the next tick asks for the others.
  if (isCut && judged.gone.length === 0) return { ...releaseNothing(facts, null), found, isCut };

  // Each suspect without an answer may have vanished, too.
  const missing = judged.gone.length + suspects.length - answers.answered.length;
  const vanished = judged.gone.map(({ instanceId }) => instanceId);
  const opinion = wouldTrip(known, missing, guard)
    ? await opinionOnVanished(fleet, vanished, { scan, known, missing })
    : 'unknown';
  const vouched = scan.clean || (scan.inconsistency === null && scan.statuses.size > 0);
  const nowMs = runtime.now();
  const verdict = judgeReleases(
    { known, gone: missing, held: hold, vouched, opinion, nowMs },
    guard,
  );
  const { notices } = verdict;
  if (verdict.kind === 'hold') {
    const failure = scan.inconsistency ?? OPINION_FAILURES[opinion];
    return { changes: facts, notices, hold: verdict.hold, failure, found, isCut };
  }
  const failure = scan.inconsistency;
  // The suspects that are left belong to the same release: what has proven it counts for them, too.
  const left = missing - judged.gone.length;
  const rest = hold === null || left === 0 ? null : { ...hold, missing: left };
  return { changes: [...facts, ...judged.gone], notices, hold: rest, failure, found, isCut };
}
