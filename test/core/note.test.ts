import fc from 'fast-check';
import { NEW_HEALTH, replayNotices } from '../../shared/core/health.ts';
import { commitsAfter, fold, type Observation } from '../../shared/core/journal.ts';
import type { Commit, Note, Snapshot } from '../../shared/core/model.ts';
import { describedJson, endedNotes, noteChange, notedIn, noteOf } from '../../shared/core/note.ts';
import { rewind } from '../../shared/core/rewind.ts';
import { diff } from '../../shared/watch/core/diff.ts';
import { aCommit, aNote, anInstance, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';

const NOTED: Snapshot = {
  seq: 11,
  baselined: true,
  instances: new Map([
    ['i-1', anInstance({ name: 'web-1', note: aNote('disk swap') })],
    ['i-2', anInstance()],
  ]),
  released: new Map(),
};

/** What a tick records that has seen these statuses at this time. */
function recorded(before: Snapshot, seen: Readonly<Record<string, string>>, endMs: number) {
  const { changes } = diff(before, new Map(Object.entries(seen)));
  const ended = endedNotes(before.instances, endMs);
  const observation: Observation = {
    scope: SCOPE.key,
    endMs,
    previousAtMs: NOW_MS - MINUTE_MS,
    tickId: 'tick-1',
    pages: 'all',
    since: null,
    details: ended,
    isDetailsDue: ended.length > 0,
    changes,
    notices: [],
  };
  return commitsAfter(before, observation);
}

function noteCommit(seq: number, instanceId: string, before?: Note, after?: Note): Commit {
  const details = [noteChange(instanceId, before === undefined ? {} : { note: before }, after)];
  return aCommit({ seq, details });
}

describe('a note', () => {
  it('is part of the snapshot from its commit on, and of none before', () => {
    const bare = {
      ...NOTED,
      seq: 10,
      instances: new Map([['i-1', anInstance({ name: 'web-1' })]]),
    };
    const commit = noteCommit(11, 'i-1', undefined, aNote('disk swap'));

    const after = fold(bare, [commit]);

    expect(after.instances.get('i-1')).toEqual(NOTED.instances.get('i-1'));
    expect(rewind(after, [commit]).instances).toEqual(bare.instances);
  });

  it('goes with every change of its instance, and stays with it', () => {
    const [commit, ...others] = recorded(NOTED, { 'i-1': 'Stopped', 'i-2': 'Stopped' }, NOW_MS);
    if (commit === undefined) throw new Error('both have changed');

    expect(others).toEqual([]);
    expect(commit.changes.map(({ note }) => note?.text)).toEqual(['disk swap', undefined]);
    expect(fold(NOTED, [commit]).instances.get('i-1')?.note?.text).toBe('disk swap');
  });

  it('is removed by the first tick after its date, and goes with no change from then on', () => {
    const endMs = NOW_MS + 25 * 60 * MINUTE_MS;
    const seen = { 'i-1': 'Running', 'i-2': 'Running' };

    expect(recorded(NOTED, seen, NOW_MS)).toEqual([]);
    const [removal, ...others] = recorded(NOTED, seen, endMs);
    if (removal === undefined) throw new Error('its date has passed');

    expect(others).toEqual([]);
    expect(fold(NOTED, [removal]).instances.get('i-1')).toEqual(anInstance({ name: 'web-1' }));
    const [{ changes } = aCommit()] = recorded(NOTED, { ...seen, 'i-1': 'Stopped' }, endMs);
    expect(changes).toMatchObject([{ instanceId: 'i-1', name: 'web-1' }]);
    expect(changes[0]).not.toHaveProperty('note');
  });

  it('changes nothing that a health knows; any other commit that it does not know of does', () => {
    const health = { ...NEW_HEALTH, seq: 10 };
    const notes = [noteCommit(11, 'i-1', undefined, aNote('a')), noteCommit(12, 'i-1', aNote('a'))];
    const renamed = aCommit({
      seq: 12,
      details: [{ instanceId: 'i-1', before: { name: 'a' }, after: { name: 'b' } }],
    });

    expect(replayNotices(health, notes).seq).toBe(12);
    expect(replayNotices(health, [notes[0] ?? renamed, renamed]).seq).toBe(11);
    expect(replayNotices(health, [aCommit({ seq: 11, changes: [] })]).seq).toBe(10);
  });

  it('is one line of at most 200 characters, whatever was written', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE_NAMES), fc.string({ unit: 'binary' }));

    fc.assert(
      fc.property(text, text, (said, by) => {
        const note = noteOf({ text: said, by, untilMs: NOW_MS }, 0);

        expect(`${note.text}${note.by}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect([...note.text].length).toBeLessThanOrEqual(200);
        expect([...note.by].length).toBeLessThanOrEqual(32);
        expect(notedIn(describedJson({ note }))).toEqual({ note });
      }),
    );
  });
});
