import fc from 'fast-check';
import { type DetailsRound, NEW_HEALTH } from '../../../shared/core/health.ts';
import { commitsAfter, fold } from '../../../shared/core/journal.ts';
import {
  type Change,
  type Commit,
  type Details,
  EMPTY_SNAPSHOT,
  type Snapshot,
} from '../../../shared/core/model.ts';
import {
  changedDetails,
  detailsRoundAfter,
  detailsRoundAt,
  instancesDue,
  isCommitDue,
  roundAfter,
  withNewest,
} from '../../../shared/watch/core/details-round.ts';
import { diff, judgeSuspects } from '../../../shared/watch/core/diff.ts';
import { details, listing } from '../../helpers/arbitraries.ts';
import { aCommit, anInstance, MINUTE_MS, NOW_MS, SCOPE } from '../../helpers/examples.ts';
import { propertyRuns } from '../../helpers/rounds.ts';
import { walkBack } from '../../helpers/walk-back.ts';

const HOUR_MS = 60 * MINUTE_MS;
const LIMITS = { perRequest: 100, maxRequests: 16 };

function aRound(parts: Partial<DetailsRound> = {}): DetailsRound {
  const nothing = { after: '', uncommitted: [] };
  return { ...nothing, coveredUntilMs: NOW_MS, committedAtMs: NOW_MS, ...parts };
}

function fleetOf(size: number): Snapshot {
  const ids = Array.from({ length: size }, (_, index) => `i-${String(index).padStart(6, '0')}`);
  // In another order than that of the ids, as a journal leaves them.
  const instances = new Map(ids.toReversed().map((id) => [id, anInstance({ name: `old ${id}` })]));
  return { seq: 1, baselined: true, instances, released: new Map() };
}

const RENAMED = { instanceId: 'i-000001', before: { name: 'old' }, after: { name: 'new' } };

describe('the instances whose details are due', () => {
  it.each([
    { size: 30, minutes: 59, due: 0 },
    { size: 30, minutes: 60, due: 30 },
    { size: 1_000, minutes: 5, due: 0 },
    { size: 1_000, minutes: 6, due: 100 },
    { size: 1_000, minutes: 13, due: 200 },
    { size: 10_000, minutes: 1, due: 100 },
    { size: 100_000, minutes: 1, due: 1_600 },
    { size: 0, minutes: 60, due: 0 },
  ])('are $due of $size after $minutes minutes', ({ size, minutes, due }) => {
    const ids = instancesDue(aRound(), fleetOf(size), NOW_MS + minutes * MINUTE_MS, LIMITS);

    expect(ids).toHaveLength(due);
  });

  it('are none while the budget has no calls to spare', () => {
    const none = { ...LIMITS, maxRequests: 0 };

    expect(instancesDue(aRound(), fleetOf(30), NOW_MS + HOUR_MS, none)).toEqual([]);
  });

  it('follow the last one in the order of ids, and begin again at the end, however the fleet is ordered', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^i-[a-d0-3]{1,4}$/u), {
      minLength: 1,
      maxLength: 400,
    });
    fc.assert(
      fc.property(ids, fc.stringMatching(/^i-[a-d0-3]{0,4}$/u), (unordered, after) => {
        const instances = new Map(unordered.map((id) => [id, anInstance()]));
        const limits = { perRequest: 10, maxRequests: 4 };
        const due = instancesDue(
          { ...aRound(), after },
          { ...fleetOf(1), instances },
          NOW_MS + HOUR_MS,
          limits,
        );

        const sorted = unordered.toSorted();
        const turned = [
          ...sorted.filter((id) => id > after),
          ...sorted.filter((id) => id <= after),
        ];
        expect(due).toEqual(turned.slice(0, due.length));
        expect(due.length).toBeGreaterThan(0);
      }),
      { numRuns: propertyRuns(30) },
    );
  });

  it('are all asked for within an hour or little more, whatever the size and the timer', () => {
    const sizes = fc.integer({ min: 1, max: 2_000 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 10 }), (size, minutes) => {
        const fleet = fleetOf(size);
        const asked = new Set<string>();
        let calls = 0;
        let round = aRound();
        // Of the first round, and of the time that the last, not yet whole request of it takes.
        for (let nowMs = NOW_MS; nowMs <= NOW_MS + 2 * HOUR_MS; nowMs += minutes * MINUTE_MS) {
          round = detailsRoundAt({ ...NEW_HEALTH, details: round }, 0, nowMs);
          const ids = instancesDue(round, fleet, nowMs, LIMITS);
          for (const id of ids) asked.add(id);
          calls += Math.ceil(ids.length / LIMITS.perRequest);
          round = roundAfter(round, fleet, ids, new Map());
        }

        expect(asked.size).toBe(size);
        expect(calls).toBeLessThanOrEqual(2 * Math.max(1, size / LIMITS.perRequest) + 1);
      }),
      { numRuns: propertyRuns(30) },
    );
  });
});

describe('the round over the details of a fleet', () => {
  it('begins with the first tick, and asks for nothing in it', () => {
    expect(detailsRoundAt(NEW_HEALTH, 0, NOW_MS)).toEqual(aRound());
  });

  it.each([
    ['a year ahead', NOW_MS + 365 * 24 * HOUR_MS, NOW_MS],
    ['a year behind', NOW_MS - 365 * 24 * HOUR_MS, NOW_MS - HOUR_MS],
  ])('goes on after a clock that was %s', (_what, coveredUntilMs, expected) => {
    const stored = aRound({ coveredUntilMs, committedAtMs: coveredUntilMs });

    const round = detailsRoundAt({ ...NEW_HEALTH, details: stored }, 0, NOW_MS);

    expect(round.coveredUntilMs).toBe(expected);
    expect(round.committedAtMs).toBeLessThanOrEqual(NOW_MS);
  });

  it('forgets what waits when a commit was made that it does not know of', () => {
    const details = aRound({ uncommitted: [RENAMED] });

    expect(detailsRoundAt({ ...NEW_HEALTH, seq: 7, details }, 7, NOW_MS).uncommitted).toEqual([
      RENAMED,
    ]);
    expect(detailsRoundAt({ ...NEW_HEALTH, seq: 7, details }, 8, NOW_MS).uncommitted).toEqual([]);
  });

  it('keeps what has changed, and forgets what has changed back', () => {
    const fleet = fleetOf(3);
    const answer = (id: string, name: string) => new Map<string, Details>([[id, { name }]]);

    const once = roundAfter(aRound(), fleet, ['i-000001'], answer('i-000001', 'new'));
    const twice = roundAfter(once, fleet, ['i-000001'], answer('i-000001', 'newer'));
    const back = roundAfter(twice, fleet, ['i-000001'], answer('i-000001', 'old i-000001'));

    const change = { instanceId: 'i-000001', before: { name: 'old i-000001' } };
    expect(once.uncommitted).toEqual([{ ...change, after: { name: 'new' } }]);
    expect(twice.uncommitted).toEqual([{ ...change, after: { name: 'newer' } }]);
    expect(back.uncommitted).toEqual([]);
  });

  it('goes on past instances that ECS has not answered for', () => {
    const round = roundAfter(aRound(), fleetOf(300), ['i-000000', 'i-000001'], new Map());

    expect(round.after).toBe('i-000001');
    expect(instancesDue(round, fleetOf(300), NOW_MS + HOUR_MS, LIMITS)[0]).toBe('i-000002');
  });

  it('ends early where more has changed than a row may hold, and goes on from there', () => {
    const ids = [...fleetOf(1_000).instances.keys()].sort();
    const long = new Map(ids.map((id) => [id, { name: 'x'.repeat(1_000) }]));

    const round = roundAfter(aRound(), fleetOf(1_000), ids, long);

    const found = round.uncommitted.map(({ instanceId }) => instanceId);
    expect(Buffer.byteLength(JSON.stringify(round))).toBeLessThan(110_000);
    expect(found).toEqual(ids.slice(0, found.length));
    expect(round.after).toBe(found.at(-1));
    expect(round.coveredUntilMs).toBe(NOW_MS + Math.round((found.length / 1_000) * HOUR_MS));
  });
});

describe('a commit of details alone', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({
    ...RENAMED,
    after: { name: `${index}`.padStart(100, 'x') },
  }));

  it.each([
    { due: false, when: 'the last commit is 59 minutes old', minutes: 59, uncommitted: [RENAMED] },
    { due: true, when: 'the last commit is an hour old', minutes: 60, uncommitted: [RENAMED] },
    { due: true, when: 'more waits than fits in the health row', minutes: 0, uncommitted: many },
  ])('is due: $due, when $when', ({ due, minutes, uncommitted }) => {
    const round = aRound({ uncommitted });

    expect(isCommitDue(round, NOW_MS + minutes * MINUTE_MS)).toBe(due);
  });

  it('leaves nothing to wait, and is the last commit', () => {
    const round = aRound({ uncommitted: [RENAMED] });

    expect(detailsRoundAfter(round, [])).toEqual(round);
    expect(detailsRoundAfter(round, [aCommit({ atMs: NOW_MS + 5 })])).toEqual(
      aRound({ committedAtMs: NOW_MS + 5 }),
    );
  });
});

describe('the details in a commit', () => {
  const before = fleetOf(3);

  it('are those that ECS has answered just now, before those that waited', () => {
    const answered = new Map([['i-000001', { name: 'newest' }]]);

    expect(changedDetails(before, [RENAMED], answered)).toEqual([
      { instanceId: 'i-000001', before: { name: 'old i-000001' }, after: { name: 'newest' } },
    ]);
  });

  it('are none of an instance that is not known, or has its old ones again', () => {
    const answered = new Map([
      ['i-new', { name: 'new' }],
      ['i-000001', { name: 'old i-000001' }],
    ]);

    expect(changedDetails(before, [RENAMED], answered)).toEqual([]);
  });

  it('lead with the changes to what was seen, and back again, commit by commit', () => {
    const tick = fc.record({
      seen: listing,
      // ECS answers for some that have changed, and the round has found others.
      answers: fc.dictionary(fc.integer({ min: 0, max: 40 }).map(String), details),
      found: fc.dictionary(fc.integer({ min: 0, max: 40 }).map(String), details),
      isDue: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(tick, { maxLength: 6 }),
        fc.integer({ min: 100, max: 2_000 }),
        (ticks, maxBytes) => {
          let snapshot = EMPTY_SNAPSHOT;
          const steps: [Snapshot, Commit][] = [];
          for (const [index, { seen, answers, found, isDue }] of ticks.entries()) {
            const of = (some: Record<string, Details>) =>
              new Map(Object.entries(some).map(([id, known]) => [`i-${id}`, known]));
            const waiting = changedDetails(snapshot, [], of(found));
            const newest = withNewest(snapshot, waiting);
            const { changes, suspects } = diff(newest, seen);
            const { gone } = judgeSuspects(newest.instances, suspects, new Map());
            const answered = new Map(
              [...of(answers)].filter(([id]) =>
                changes.some(({ instanceId }) => instanceId === id),
              ),
            );
            const commits = commitsAfter(
              snapshot,
              {
                scope: SCOPE.key,
                endMs: NOW_MS + index * MINUTE_MS,
                previousAtMs: null,
                tickId: `tick-${index}`,
                pages: 'all',
                since: null,
                details: changedDetails(snapshot, waiting, answered),
                isDetailsDue: isDue,
                changes: [...changes.map((change) => enriched(change, answered)), ...gone],
                notices: [],
              },
              maxBytes,
            );
            for (const commit of commits) {
              steps.push([snapshot, commit]);
              snapshot = fold(snapshot, [commit]);
            }
            for (const [id, known] of answered) {
              if (commits.length > 0) expect(namesOf(snapshot, id)).toEqual(sortedIps(known));
            }
          }
          for (const [earlier, commit] of steps.toReversed()) {
            snapshot = walkBack(snapshot, commit);

            expect(plain(snapshot)).toEqual(plain(earlier));
          }
        },
      ),
    );
  });
});

function enriched(change: Change, answered: ReadonlyMap<string, Details>): Change {
  const { instanceId, from, to, returned, fromSinceMs, fromSinceKnown, ...rest } = change;
  return {
    instanceId,
    from,
    to,
    ...(returned && { returned }),
    ...(fromSinceMs !== undefined && { fromSinceMs }),
    ...(fromSinceKnown !== undefined && { fromSinceKnown }),
    ...(answered.get(instanceId) ?? rest),
  };
}

function namesOf(snapshot: Snapshot, id: string): Details {
  const {
    status: _status,
    sinceMs: _since,
    sinceKnown: _known,
    ...rest
  } = snapshot.instances.get(id) ?? anInstance();
  return sortedIps(rest);
}

/** Addresses have no order. */
function sortedIps({ privateIps, ...rest }: Details): Details {
  return privateIps === undefined ? rest : { ...rest, privateIps: privateIps.toSorted() };
}

function plain({ instances, released, seq }: Snapshot): unknown {
  const sorted = [...instances].map(([id, instance]) => [
    id,
    { ...instance, ...sortedIps(instance) },
  ]);
  return { seq, released: [...released].sort(), instances: sorted.sort() };
}
