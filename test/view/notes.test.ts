import { NEW_HEALTH } from '../../shared/core/health.ts';
import { MAX_NOTES } from '../../shared/core/note.ts';
import type { ViewRequest } from '../../shared/view/core/request.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';
import {
  appeared,
  BASELINE,
  commitTime,
  HANGZHOU,
  moved,
  recorder,
  SHANGHAI,
  smallFleet,
  type TestView,
  testView,
} from './helpers.ts';

let written = 0;
const newId = (): string => {
  written += 1;
  return `note-${written}`;
};
const UNTIL = '2026-11-23T18:00:00+08:00';
const NOTE = { text: 'disk swap', until: UNTIL };

/** A view whose callers may write notes, as `ops`. */
async function aView(): Promise<TestView> {
  const test = await smallFleet();
  const runtime = virtualRuntime(commitTime(3));
  const limits = { runtime, deadlineMs: commitTime(9) };
  return Object.assign(test, {
    ports: { ...test.ports, notes: { journal: test.journal, limits, newId } },
  });
}

function post(
  test: TestView,
  id: string,
  note: unknown,
  request: Partial<ViewRequest> = {},
): ReturnType<TestView['ask']> {
  return test.ask(`/instances/${id}/note`, {
    method: 'POST',
    headers: new Map([['content-type', 'application/json; charset=utf-8']]),
    body: Buffer.from(JSON.stringify(note)),
    author: 'ops',
    ...request,
  });
}

describe('a note', () => {
  it('is shown with its instance from then on, with its writer and its end', async () => {
    const test = await aView();

    const answer = await post(test, 'i-1', { ...NOTE, text: ' disk\n swap\u202e ' });

    const shown = {
      note: 'disk swap',
      noteBy: 'ops',
      noteAt: new Date(test.nowMs).toISOString(),
      noteUntil: '2026-11-23T10:00:00.000Z',
    };
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { instance: shown }]);
    expect((await test.json('/instances/i-1')).instance).toMatchObject(shown);
    expect((await test.json('/instances?id=i-1')).instances).toMatchObject([shown]);
    const { body } = await test.ask('/instances?format=csv&fields=instanceId,note&id=i-1');
    expect(body).toBe('instanceId,note\r\ni-1,disk swap\r\n');
    const { changes, details } = await test.json(
      '/changes?details=true&since=2026-11-22T10:03:30Z',
    );
    expect(changes).toEqual([]);
    expect(details).toMatchObject([{ instanceId: 'i-1', before: {}, after: shown }]);
  });

  it('is not there at a moment before it was written', async () => {
    const test = await aView();

    await post(test, 'i-1', NOTE);

    const { instances } = await test.json(`/instances?id=i-1&at=${commitTime(3)}`);
    expect(instances).toMatchObject([{ instanceId: 'i-1' }]);
    expect(instances[0]).not.toHaveProperty('note');
  });

  it('changes the validator of a list, so that no client keeps one without it', async () => {
    const test = await aView();
    const before = (await test.ask('/instances')).headers.etag;

    await post(test, 'i-1', NOTE);

    expect((await test.ask('/instances')).headers.etag).not.toBe(before);
  });

  it('is replaced by another, and removed by an empty text', async () => {
    const test = await aView();
    await post(test, 'i-1', NOTE);

    await post(test, 'i-1', { ...NOTE, text: 'moved' });
    expect((await test.json('/instances/i-1')).instance.note).toBe('moved');
    const removed = await post(test, 'i-1', { text: '' });

    expect(JSON.parse(removed.body).instance).not.toHaveProperty('note');
    expect((await test.json('/instances/i-1')).instance).not.toHaveProperty('note');
    expect(await test.journal.lastSeq(HANGZHOU)).toBe(6);
    // Nothing to remove is nothing to record.
    expect((await post(test, 'i-1', { text: '' })).status).toBe(200);
    expect(await test.journal.lastSeq(HANGZHOU)).toBe(6);
  });

  it.each<[string, unknown, string]>([
    ['an empty text', { ...NOTE, text: '\u200b \n' }, 'its text is empty'],
    [
      'a long text',
      { ...NOTE, text: 'x'.repeat(201) },
      '201 characters, and a note has 200 at most',
    ],
    ['a date that is past', { ...NOTE, until: '2026-11-22T10:00:00Z' }, 'it would be over already'],
    ['a date in years', { ...NOTE, until: '2029-01-01T00:00Z' }, 'more than 366 days away'],
    [
      'a date without a zone',
      { ...NOTE, until: '2026-12-01' },
      'until is not a time with its zone',
    ],
    ['no date', { text: 'disk swap' }, 'until is missing: it is a time with its zone'],
    ['no text', { until: UNTIL }, 'the body is no JSON object with a text'],
    ['no object', 'disk swap', 'the body is no JSON object with a text'],
    ['a large body', { ...NOTE, x: 'x'.repeat(9_000) }, 'the body has more than 8192 bytes'],
  ])('is refused with %s', async (_what, note, words) => {
    const test = await aView();

    const { status, body } = await post(test, 'i-1', note);

    expect([status, JSON.parse(body).detail]).toEqual([400, expect.stringContaining(words)]);
    expect(await test.journal.lastSeq(HANGZHOU)).toBe(3);
  });

  it.each([
    ['i-2', 410, /^i-2 was released at 2026-11-22T10:03:00\.000Z: there is nothing/u],
    ['i-none', 404, /^i-none is in no scope that is watched/u],
  ])('about %s is refused: it is not there', async (id, expected, words) => {
    const { status, body } = await post(await aView(), id, NOTE);

    expect([status, JSON.parse(body).detail]).toEqual([expected, expect.stringMatching(words)]);
  });

  it('is refused where a scope has as many as it may have', async () => {
    const journal = memoryJournal();
    const test = testView([HANGZHOU], journal);
    const runtime = virtualRuntime(commitTime(3));
    Object.assign(test, {
      ports: {
        ...test.ports,
        notes: { journal, newId, limits: { runtime, deadlineMs: commitTime(9) } },
      },
    });
    const all = Array.from({ length: MAX_NOTES + 1 }, (_, index) => `i-${index}`);
    const hangzhou = recorder(journal, HANGZHOU);
    await hangzhou.record(
      all.map((id) => appeared(id)),
      BASELINE,
    );
    const note = { text: 'x', by: 'ops', atMs: 0, untilMs: commitTime(99) };
    await journal.append({
      ...(await hangzhou.record([])),
      seq: 3,
      details: all.slice(1).map((instanceId) => ({ instanceId, before: {}, after: { note } })),
    });

    const refused = await post(test, 'i-0', NOTE);

    expect(refused.status).toBe(400);
    expect(refused.body).toContain('main/cn-hangzhou has 1,000 notes already');
    expect((await post(test, 'i-1', NOTE)).status).toBe(200);
  });

  it('begins with no scan of a time that is still to come', async () => {
    const test = await aView();
    const health = {
      ...NEW_HEALTH,
      seq: 3,
      lastGoodAtMs: test.nowMs,
      lastGoodStartMs: 2 * test.nowMs,
    };
    await test.journal.saveHealth(HANGZHOU, health);

    await post(test, 'i-1', NOTE);

    const [commit] = await test.journal.before(HANGZHOU, Number.MAX_SAFE_INTEGER, 1);
    expect(commit).toMatchObject({ details: [{ instanceId: 'i-1' }], previousAtMs: null });
  });

  it('is written behind a tick that has recorded first', async () => {
    const test = await aView();
    const { notes } = test.ports;
    if (notes === undefined) throw new Error('it may write');
    let isFirst = true;
    const journal = {
      ...notes.journal,
      async append(commit: Parameters<typeof notes.journal.append>[0]) {
        if (isFirst)
          await recorder(test.journal, HANGZHOU, 3).record([moved('i-1', 'Stopped', null)]);
        isFirst = false;
        return test.journal.append(commit);
      },
    };
    Object.assign(test, { ports: { ...test.ports, notes: { ...notes, journal } } });

    // The tick has recorded that the instance is gone.
    expect((await post(test, 'i-1', NOTE)).status).toBe(410);
    expect(await test.journal.lastSeq(HANGZHOU)).toBe(4);
  });
});

describe('a note is written by no caller', () => {
  it('whose token has not the right to', async () => {
    const test = await aView();
    const answer = await test.ask('/instances/i-1/note', { method: 'POST' });

    expect(answer.status).toBe(403);
    expect(answer.body).toContain('has the right notes, as in: ops all notes TOKEN');
  });

  it('whose token does not show the region', async () => {
    const access = {
      addresses: 'all',
      accounts: new Set<string>(),
      regions: new Set([SHANGHAI.regionId]),
    } as const;

    expect((await post(await aView(), 'i-1', NOTE, { access })).status).toBe(404);
    expect((await post(await aView(), 'i-8', NOTE, { access })).status).toBe(200);
  });

  it('that sends what a form of another site could send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
      const headers = new Map([['content-type', type]]);
      expect((await post(await aView(), 'i-1', NOTE, { headers })).status).toBe(415);
    }
  });
});
