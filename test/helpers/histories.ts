import fc from 'fast-check';
import { detailsChange } from '../../shared/core/details.ts';
import { commitsAfter, fold } from '../../shared/core/journal.ts';
import {
  type Change,
  type Commit,
  type Details,
  type DetailsChange,
  detailsOf,
  EMPTY_SNAPSHOT,
  type Snapshot,
  withoutDetails,
} from '../../shared/core/model.ts';
import { diff, judgeSuspects } from '../../shared/watch/core/diff.ts';
import { details, listing } from './arbitraries.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from './examples.ts';

/** What ECS shows in one tick: statuses, and details of whatever it is asked for. */
export const sight = fc.record({
  statuses: listing,
  details: fc.array(details, { minLength: 1, maxLength: 4 }),
  hasNotice: fc.boolean(),
});
export type Sight = typeof sight extends fc.Arbitrary<infer T> ? T : never;

/** A journal as the watcher would write it, and the snapshot after each of its commits. */
export function historyOf(
  sights: readonly Sight[],
  timeOf: (tick: number) => number = (tick) => NOW_MS + tick * MINUTE_MS,
) {
  const commits: Commit[] = [];
  const states: Snapshot[] = [EMPTY_SNAPSHOT];
  sights.forEach((seen, tick) => {
    const before = states.at(-1) ?? EMPTY_SNAPSHOT;
    const { changes, suspects } = diff(before, seen.statuses);
    const { gone } = judgeSuspects(before.instances, suspects, seen.statuses);
    const enriched = [...changes, ...gone].map((change, index) =>
      withAnswer(before, change, seen.details[index % seen.details.length] ?? {}),
    );
    const made = commitsAfter(
      before,
      {
        scope: SCOPE.key,
        endMs: timeOf(tick),
        previousAtMs: tick === 0 ? null : timeOf(tick - 1),
        tickId: `tick-${tick}`,
        pages: 'all',
        since: null,
        details: enriched.flatMap((one) => one.detailsChange ?? []),
        isDetailsDue: true,
        changes: enriched.map(({ change }) => change),
        notices: seen.hasNotice ? [{ kind: 'suspicion-lifted', missing: 3 }] : [],
      },
      400,
    );
    for (const commit of made) {
      commits.push(commit);
      states.push(fold(states.at(-1) ?? EMPTY_SNAPSHOT, [commit]));
    }
  });
  return { commits, states };
}

/** A change with the details that ECS has answered; a known instance's are recorded beside it. */
function withAnswer(
  { instances }: Snapshot,
  change: Change,
  answered: Details,
): { readonly change: Change; readonly detailsChange?: DetailsChange } {
  if (change.to === null) return { change };
  const known = instances.get(change.instanceId);
  const changed = known && detailsChange(change.instanceId, detailsOf(known), answered);
  return {
    change: { ...withoutDetails(change), ...answered },
    ...(changed && { detailsChange: changed }),
  };
}
