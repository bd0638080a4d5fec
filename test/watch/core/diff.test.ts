import fc from 'fast-check';
import { fold } from '../../../shared/core/journal.ts';
import { diff, judgeSuspects, type Known } from '../../../shared/watch/core/diff.ts';
import { fleet, listing, statusesOf } from '../../helpers/arbitraries.ts';
import { aCommit, anInstance, NOW_MS } from '../../helpers/examples.ts';

describe('comparing what was seen with what was known', () => {
  it('reports a status that has changed, with everything known of the instance', () => {
    const known = new Map([['i-1', anInstance({ name: 'web-1', tags: { env: 'production' } })]]);

    const found = diff(knowing(known), new Map([['i-1', 'Stopped']]));

    expect(found).toEqual({
      changes: [
        {
          instanceId: 'i-1',
          from: 'Running',
          to: 'Stopped',
          fromSinceMs: NOW_MS,
          fromSinceKnown: false,
          name: 'web-1',
          tags: { env: 'production' },
        },
      ],
      suspects: [],
    });
  });

  it('reports an instance that was never seen before as one that appeared', () => {
    const found = diff(knowing(new Map()), new Map([['i-1', 'Pending']]));

    expect(found.changes).toEqual([{ instanceId: 'i-1', from: null, to: 'Pending' }]);
  });

  it('reports an instance that was called released as one that has returned', () => {
    const released = new Map([['i-1', NOW_MS]]);

    const found = diff({ instances: new Map(), released }, new Map([['i-1', 'Running']]));

    expect(found.changes).toEqual([
      { instanceId: 'i-1', from: null, to: 'Running', returned: true, fromSinceMs: NOW_MS },
    ]);
  });

  it('keeps a status that it does not know', () => {
    const known = new Map([['i-1', anInstance()]]);

    const found = diff(knowing(known), new Map([['i-1', 'Hibernated']]));

    expect(found.changes).toMatchObject([{ from: 'Running', to: 'Hibernated' }]);
  });

  it('calls no instance released, whichever is missing', () => {
    fc.assert(
      fc.property(fleet, listing, (known, seen) => {
        const { changes } = diff(knowing(known), seen);

        expect(changes.filter(({ to }) => to === null)).toEqual([]);
      }),
    );
  });

  it('suspects exactly those that are known and were not seen', () => {
    fc.assert(
      fc.property(fleet, listing, (known, seen) => {
        const { suspects } = diff(knowing(known), seen);

        expect(suspects).toEqual([...known.keys()].filter((id) => !seen.has(id)));
      }),
    );
  });

  it('gives what was seen when its changes are applied, and does not change the suspects', () => {
    fc.assert(
      fc.property(fleet, listing, (known, seen) => {
        const { changes, suspects } = diff(knowing(known), seen);
        const before = { seq: 11, baselined: true, instances: known, released: new Map() };
        const after = fold(before, [aCommit({ seq: 12, changes })]);

        const unseen = suspects.map((id) => [id, known.get(id)?.status] as const);
        expect(statusesOf(after.instances)).toEqual([...seen, ...unseen].sort());
      }),
    );
  });

  it('finds nothing in what has not changed', () => {
    fc.assert(
      fc.property(fleet, (known) => {
        const seen = new Map([...known].map(([id, { status }]) => [id, status]));

        expect(diff(knowing(known), seen)).toEqual({ changes: [], suspects: [] });
      }),
    );
  });
});

describe('judging suspects by the answers about them', () => {
  it('calls those released that were not found, and those changed that have another status', () => {
    const known = new Map([
      ['i-gone', anInstance({ name: 'gone', sinceKnown: true })],
      ['i-moved', anInstance({ name: 'moved', sinceKnown: true })],
      ['i-same', anInstance()],
    ]);
    const found = new Map([
      ['i-moved', 'Stopped'],
      ['i-same', 'Running'],
    ]);

    const since = { fromSinceMs: NOW_MS, fromSinceKnown: true };
    const judged = judgeSuspects(known, ['i-gone', 'i-moved', 'i-same'], found);

    expect(judged).toEqual({
      changes: [{ instanceId: 'i-moved', from: 'Running', to: 'Stopped', ...since, name: 'moved' }],
      gone: [{ instanceId: 'i-gone', from: 'Running', to: null, ...since, name: 'gone' }],
    });
  });

  it('says nothing of an instance that was not asked for, and nothing of an unknown id', () => {
    const known = new Map([['i-1', anInstance()]]);

    expect(judgeSuspects(known, [], new Map())).toEqual({ changes: [], gone: [] });
    expect(judgeSuspects(known, ['i-2'], new Map())).toEqual({ changes: [], gone: [] });
  });

  it('leaves the fleet as it is: every suspect with its answer, or gone', () => {
    fc.assert(
      fc.property(fleet, listing, listing, (known, seen, found) => {
        const { changes: facts, suspects } = diff(knowing(known), seen);
        const { changes, gone } = judgeSuspects(known, suspects, found);
        const before = { seq: 11, baselined: true, instances: known, released: new Map() };
        const after = fold(before, [
          aCommit({ seq: 12, changes: [...facts, ...changes, ...gone] }),
        ]);

        const answered = suspects.flatMap((id) => {
          const status = found.get(id);
          return status === undefined ? [] : [[id, status] as const];
        });
        expect(statusesOf(after.instances)).toEqual([...seen, ...answered].sort());
      }),
    );
  });
});

function knowing(instances: Known['instances']): Known {
  return { instances, released: new Map() };
}
