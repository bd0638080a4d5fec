import fc from 'fast-check';
import { detailsChange } from '../../shared/core/details.ts';
import { ChainError, commitsAfter, fold } from '../../shared/core/journal.ts';
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
import { rewind } from '../../shared/core/rewind.ts';
import { diff, judgeSuspects } from '../../shared/watch/core/diff.ts';
import { details, listing } from '../helpers/arbitraries.ts';
import { aChange, aCommit, anInstance, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';

/** What ECS shows in one tick: statuses, and details of whatever it is asked for. */
const sight = fc.record({
  statuses: listing,
  details: fc.array(details, { minLength: 1, maxLength: 4 }),
  hasNotice: fc.boolean(),
});
type Sight = typeof sight extends fc.Arbitrary<infer T> ? T : never;

/** A journal as the watcher would write it, and the snapshot after each of its commits. */
function historyOf(sights: readonly Sight[]) {
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
        atMs: NOW_MS + tick * MINUTE_MS,
        previousAtMs: tick === 0 ? null : NOW_MS + (tick - 1) * MINUTE_MS,
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

describe('a moment of the past', () => {
  it('is the present with the commits since then undone, at every commit', () => {
    let undone = 0;
    fc.assert(
      fc.property(fc.array(sight, { maxLength: 8 }), (sights) => {
        const { commits, states } = historyOf(sights);
        const now = states.at(-1) ?? EMPTY_SNAPSHOT;

        states.forEach((state, index) => {
          expect(rewind(now, commits.slice(index))).toEqual(state);
          undone += commits.length - index;
        });
      }),
    );
    expect(undone).toBeGreaterThan(1_000);
  });

  const NOW: Snapshot = {
    seq: 12,
    baselined: true,
    instances: new Map([['i-bp1', anInstance({ status: 'Stopped' })]]),
    released: new Map(),
  };

  it('has the beginning that the change has recorded, or the scan that saw the status last', () => {
    const change = aChange({ fromSinceMs: 7, fromSinceKnown: true });
    const older = withoutBeginning(change);

    const stateBefore = (one: Change) =>
      rewind(NOW, [aCommit({ changes: [one], previousAtMs: 5 })]).instances.get('i-bp1');
    expect(stateBefore(change)).toMatchObject({ status: 'Running', sinceMs: 7, sinceKnown: true });
    expect(stateBefore(older)).toMatchObject({ status: 'Running', sinceMs: 5, sinceKnown: false });
  });

  it('is before the baseline where the baseline is undone, and only there', () => {
    const notice = { kind: 'baseline', instances: 1, last: true } as const;
    const first = aChange({ from: null, to: 'Stopped' });
    const isBaselined = (parts: Partial<Commit>) => rewind(NOW, [aCommit(parts)]).baselined;

    expect(isBaselined({ changes: [first], notice })).toBe(false);
    expect(isBaselined({ changes: [], notice: { ...notice, instances: 0 } })).toBe(false);
    // An empty region that is used for the first time, and a snapshot that was damaged.
    expect(isBaselined({ changes: [], notice })).toBe(true);
    expect(isBaselined({ changes: [first], notice: { ...notice, since: 3 } })).toBe(true);
  });

  it.each([
    ['a commit is missing', aCommit({ seq: 11, changes: [aChange()] })],
    [
      'an instance had another status afterwards',
      aCommit({ changes: [aChange({ to: 'Running' })] }),
    ],
    ['an instance is not there', aCommit({ changes: [aChange({ instanceId: 'i-bp2' })] })],
    ['an instance is there that was released', aCommit({ changes: [aChange({ to: null })] })],
  ])('is not guessed where %s', (_what, commit) => {
    expect(() => rewind(NOW, [commit])).toThrow(ChainError);
  });
});

function withoutBeginning({ fromSinceMs: _, fromSinceKnown: __, ...change }: Change): Change {
  return change;
}
