import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import type { NoticeJson } from '../../web/core/answers.ts';
import { keptChanges, recentChanges, stripOf, watchedSinceOf } from '../../web/core/strips.ts';

const SCOPE = 'main/cn-hangzhou';
const START_MS = Date.UTC(2026, 10, 22, 10);
const minute = (count: number): number => START_MS + count * 60_000;

function change(atMs: number, from: string | null, to: string | null): ChangeJson {
  const at = new Date(atMs).toISOString();
  return { id: at, scope: SCOPE, instanceId: 'i-1', at, from, to } as ChangeJson;
}

describe('the strip of an instance', () => {
  it('has each status for as long as it lasted, that of now last', () => {
    const changes = [change(minute(10), null, 'Running'), change(minute(40), 'Running', 'Stopped')];

    expect(stripOf('Stopped', changes, minute(0), minute(60))).toEqual([
      { status: null, fromMs: minute(0), untilMs: minute(10) },
      { status: 'Running', fromMs: minute(10), untilMs: minute(40) },
      { status: 'Stopped', fromMs: minute(40), untilMs: minute(60) },
    ]);
  });

  it('begins where the day does, and ends now, whatever changed before and after', () => {
    const changes = [
      change(minute(-10), 'Running', 'Stopped'),
      change(minute(90), 'Stopped', 'Running'),
    ];

    expect(stripOf('Running', changes, minute(0), minute(60))).toEqual([
      { status: 'Stopped', fromMs: minute(0), untilMs: minute(60) },
    ]);
  });

  it('is one of a row: of its instance and its scope', () => {
    const own = change(minute(1), 'Running', 'Stopped');
    const other = { ...own, scope: 'main/cn-shanghai' };

    const recent = recentChanges([own, other, change(minute(2), 'Stopped', 'Running')]);

    expect(recent.get(`${SCOPE}/i-1`)?.map(({ to }) => to)).toEqual(['Stopped', 'Running']);
    expect(recent.get('main/cn-shanghai/i-1')).toEqual([other]);
  });

  it('begins with the oldest change that is kept, where older ones were dropped', () => {
    const changes = [3, 2, 1].map((count) => change(minute(count), 'Running', 'Stopped'));

    expect(keptChanges(changes, minute(0), 3)).toEqual({ changes, changesSinceMs: minute(0) });
    expect(keptChanges(changes, minute(0), 2)).toEqual({
      changes: changes.slice(0, 2),
      changesSinceMs: minute(2),
    });
  });

  it('knows nothing of the time before the first baseline, which a later one does not hide', () => {
    const notice = (atMs: number, again: boolean): NoticeJson => {
      const at = new Date(atMs).toISOString();
      return { id: at, scope: SCOPE, at, notice: 'baseline', ...(again && { again }) };
    };

    const since = watchedSinceOf([notice(minute(30), true), notice(minute(5), false)]);

    expect([...since]).toEqual([[SCOPE, minute(5)]]);
  });
});
