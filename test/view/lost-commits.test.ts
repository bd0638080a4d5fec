import type { Commit, Scope } from '../../shared/core/model.ts';
import { WATCHER } from '../../shared/core/watcher-journal.ts';
import {
  appeared,
  BASELINE,
  commitTime,
  HANGZHOU,
  isoCommitTime,
  type Json,
  moved,
  recorder,
  SHANGHAI,
  smallFleet,
  type TestView,
  testView,
} from './helpers.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Ten commits of one scope, a minute apart; a month later the first ones have expired. */
async function expired(upTo: number): Promise<TestView & { readonly cursors: readonly string[] }> {
  const test = testView([HANGZHOU]);
  const past = recorder(test.journal, HANGZHOU);
  await past.record([appeared('i-0')], BASELINE);
  const cursors: string[] = [];
  for (let seq = 2; seq <= 10; seq += 1) {
    cursors.push((await test.json('/changes')).nextCursor);
    await past.record([appeared(`i-${seq}`)]);
  }
  cursors.push((await test.json('/changes')).nextCursor);
  await past.saveHealth({ seq: 10 });
  test.journal.expire(HANGZHOU, upTo);
  test.nowMs = commitTime(10) + 30 * DAY_MS;
  return Object.assign(test, { cursors });
}

function idsOf({ changes }: Json): readonly string[] {
  return changes.map(({ instanceId }: Json) => instanceId);
}

describe('what is no longer kept', () => {
  it.each(['cursor', 'time'])('is not passed over in silence: after a %s', async (kind) => {
    const test = await expired(5);
    const since = kind === 'cursor' ? test.cursors[2] : isoCommitTime(3);

    const problem = await test.json(`/changes?since=${since}`, 410);

    expect(problem).toMatchObject({ title: 'No longer kept', since: isoCommitTime(6) });
    expect(problem.detail).toBe(
      `what came then is no longer kept (main/cn-hangzhou): the journal goes back to ` +
        `${isoCommitTime(6)}; go on with since=${isoCommitTime(6)}`,
    );
    const next = await test.json(`/changes?since=${problem.since}`);
    expect(idsOf(next)).toEqual(['i-6', 'i-7', 'i-8', 'i-9', 'i-10']);
    expect(idsOf(await test.json(`/changes?since=${next.nextCursor}`))).toEqual([]);
  });

  it('does not matter to a client that has it already', async () => {
    const test = await expired(5);

    expect(idsOf(await test.json(`/changes?since=${test.cursors[4]}`))).toHaveLength(5);
    expect(idsOf(await test.json(`/changes?since=${isoCommitTime(7)}`))).toHaveLength(4);
    await test.json(`/changes?since=${test.cursors[3]}`, 410);
  });

  it('is missed though nothing at all is left, except by a client that has all of it', async () => {
    const test = await expired(10);

    const { since } = await test.json(`/changes?since=${test.cursors[2]}`, 410);
    await test.json(`/changes?since=${isoCommitTime(3)}`, 410);
    const atEnd = await test.json(`/changes?since=${test.cursors.at(-1)}`);
    test.nowMs += 1_000;
    const again = await test.json(`/changes?since=${since}`);
    const commit: Commit = {
      scope: HANGZHOU.key,
      seq: 11,
      atMs: test.nowMs,
      previousAtMs: null,
      tickId: 'tick',
      changes: [appeared('i-11')],
    };
    await test.journal.append(commit);

    for (const { nextCursor } of [atEnd, again])
      expect(idsOf(await test.json(`/changes?since=${nextCursor}`))).toEqual(['i-11']);
  });

  it('is distinguished from a quiet region, where nothing came for longer than commits are kept', async () => {
    const test = testView([HANGZHOU, SHANGHAI]);
    const quiet = recorder(test.journal, SHANGHAI);
    await quiet.record([appeared('i-8')], BASELINE);
    const busy = recorder(test.journal, HANGZHOU);
    await busy.record([appeared('i-0')], BASELINE);
    for (let seq = 2; seq <= 9; seq += 1) await busy.record([appeared(`i-${seq}`)]);
    const late = { tickId: 'tick', previousAtMs: null, scope: SHANGHAI.key, seq: 2 };
    await test.journal.append({ ...late, atMs: commitTime(8), changes: [appeared('i-9')] });
    test.journal.expire(HANGZHOU, 4);
    test.journal.expire(SHANGHAI, 1);
    test.nowMs = commitTime(9) + 30 * DAY_MS;

    expect(idsOf(await test.json(`/changes?since=${isoCommitTime(6)}`))).toHaveLength(5);
    const { since } = await test.json(`/changes?since=${isoCommitTime(3)}`, 410);
    expect(since).toBe(isoCommitTime(5));
    expect(idsOf(await test.json(`/changes?since=${since}`))).toHaveLength(6);
  });

  it('is nothing within the shortest time that the store keeps rows', async () => {
    const test = await expired(5);
    test.nowMs = commitTime(10);

    expect(idsOf(await test.json(`/changes?since=${isoCommitTime(3)}`))).toHaveLength(5);
  });
});

describe('a cursor that is past the end of a journal', () => {
  it('is refused when the tables were made again', async () => {
    const before = await smallFleet();
    const { nextCursor } = await before.json('/changes');
    before.journal.clear();
    await recorder(before.journal, HANGZHOU).record([appeared('i-1')], BASELINE);

    const problem = await before.json(`/changes?since=${nextCursor}`, 410);

    expect(problem.detail).toContain('(main/cn-hangzhou)');
    expect((await before.json(`/changes?since=${problem.since}`)).notices).toHaveLength(1);
  });

  it('is served where the head is older than the journal, and where another commit arrives', async () => {
    const test = await smallFleet();
    const past = recorder(test.journal, HANGZHOU, 3);
    await past.saveHealth({ seq: 2 });
    await record(test, WATCHER, 1);
    const { nextCursor } = await test.json('/changes');

    expect(idsOf(await test.json(`/changes?since=${nextCursor}`))).toEqual([]);
    await past.record([moved('i-1', 'Stopped', 'Running')]);
    expect(idsOf(await test.json(`/changes?since=${nextCursor}`))).toEqual(['i-1']);
  });
});

async function record({ journal }: TestView, scope: Scope, seq: number): Promise<void> {
  await recorder(journal, scope, seq - 1).record([], { kind: 'suspicion-lifted', missing: 1 });
}
