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
  testView,
} from './helpers.ts';

describe('/instances/{id}', () => {
  it('says that the console does not know the instances of a local cloud', async () => {
    const test = await smallFleet();
    expect(await test.json('/instances/i-1')).not.toHaveProperty('withoutConsole');

    Object.assign(test.ports, { withoutConsole: true });
    expect(await test.json('/instances/i-1')).toHaveProperty('withoutConsole', true);
  });

  it('gives the instance with its history, newest first', async () => {
    const test = await smallFleet();

    const body = await test.json('/instances/i-1');

    expect(body).toEqual({
      asOf: isoCommitTime(3),
      ageSeconds: 42,
      stale: false,
      healthy: true,
      instance: expect.objectContaining({ instanceId: 'i-1', status: 'Stopped', name: 'web-1' }),
      timeline: [
        {
          status: 'Stopped',
          sinceAfter: isoCommitTime(2),
          since: isoCommitTime(3),
          sinceKnown: true,
          untilAfter: null,
          until: null,
          seconds: 42,
        },
        {
          status: 'Stopping',
          sinceAfter: isoCommitTime(1),
          since: isoCommitTime(2),
          sinceKnown: true,
          untilAfter: isoCommitTime(2),
          until: isoCommitTime(3),
          seconds: 60,
        },
        expect.objectContaining({ status: 'Running', sinceAfter: null, sinceKnown: false }),
      ],
      history: [
        {
          id: 'main/cn-hangzhou/3/0',
          scope: 'main/cn-hangzhou',
          seq: 3,
          at: isoCommitTime(3),
          previousAt: isoCommitTime(2),
          instanceId: 'i-1',
          from: 'Stopping',
          to: 'Stopped',
        },
        expect.objectContaining({ seq: 2, from: 'Running', to: 'Stopping' }),
        expect.objectContaining({ seq: 1, from: null, to: 'Running', baseline: true }),
      ],
    });
  });

  it('gives a history that does not end at a return', async () => {
    const test = testView();
    const { record, saveHealth } = recorder(test.journal, HANGZHOU);
    await record([appeared('i-1')], BASELINE);
    await record([moved('i-1', 'Running', null)]);
    await record([{ ...appeared('i-1'), returned: true, fromSinceMs: commitTime(2) }]);
    await record([moved('i-1', 'Running', null)]);
    // It was remembered no more that the instance had been called released.
    await record([{ ...appeared('i-1'), created: '2026-11-22T09:00Z' }]);
    await saveHealth();

    const { history } = await test.json('/instances/i-1');

    expect(history.map(({ seq }: Json) => seq)).toEqual([5, 4, 3, 2, 1]);
    expect(history[2]).toMatchObject({ returned: true, fromSince: isoCommitTime(2) });
  });

  it('gives a history in parts', async () => {
    const test = await smallFleet();

    const seqs: number[] = [];
    const timelines: boolean[] = [];
    let cursor = '';
    do {
      const body = await test.json(`/instances/i-1?limit=1&cursor=${cursor}`);
      timelines.push('timeline' in body);
      seqs.push(...body.history.map(({ seq }: Json) => seq));
      cursor = body.nextCursor ?? '';
    } while (cursor !== '');

    expect(seqs).toEqual([3, 2, 1]);
    expect(timelines).toEqual([true, false, false]);
  });

  it('finds the last change of a quiet instance in a long journal with a few reads', async () => {
    const test = testView();
    const past = recorder(test.journal, HANGZHOU);
    await past.record([appeared('i-quiet'), appeared('i-busy', 'a')], BASELINE);
    for (let turn = 0; turn < 2_500; turn += 1) {
      await past.record([moved('i-busy', turn % 2 === 0 ? 'a' : 'b', turn % 2 === 0 ? 'b' : 'a')]);
    }
    await test.json('/instances?limit=1');
    test.journal.calls.length = 0;

    const { history, nextCursor } = await test.json('/instances/i-quiet');

    expect(history).toHaveLength(1);
    expect(nextCursor).toBeUndefined();
    expect(test.journal.calls.length).toBeLessThan(20);
  });

  it('says when a released instance went, and its last status', async () => {
    const test = await smallFleet();

    const body = await test.json('/instances/i-2', 410);

    expect(body).toEqual({
      asOf: isoCommitTime(3),
      ageSeconds: 42,
      stale: false,
      healthy: true,
      type: 'urn:ecs-watch:gone',
      title: 'Gone',
      status: 410,
      detail:
        `i-2 was released between ${isoCommitTime(2)} and ${isoCommitTime(3)}; ` +
        'its last status was Stopped',
      instance: {
        instanceId: 'i-2',
        scope: 'main/cn-hangzhou',
        region: 'cn-hangzhou',
        lastStatus: 'Stopped',
        releasedAt: isoCommitTime(3),
        releasedAfter: isoCommitTime(2),
      },
      timeline: [
        expect.objectContaining({ status: 'released', since: isoCommitTime(3), until: null }),
        expect.objectContaining({ status: 'Stopped', until: isoCommitTime(3), seconds: 60 }),
        expect.objectContaining({ status: 'Running' }),
      ],
      history: [
        expect.objectContaining({ seq: 3, to: null }),
        expect.objectContaining({ seq: 2 }),
        expect.objectContaining({ seq: 1, from: null }),
      ],
    });
  });

  it('begins the timeline with what was there before the oldest change that is kept', async () => {
    const test = await smallFleet();
    await test.json('/instances');
    const fromSinceMs = commitTime(1);
    const hangzhou = recorder(test.journal, HANGZHOU, 3);
    await hangzhou.record([{ ...moved('i-1', 'Stopped', 'Running'), fromSinceMs }]);
    test.nowMs = commitTime(5);
    test.journal.expire(HANGZHOU, 3);
    test.journal.expire(SHANGHAI, 1);

    const changed = await test.json('/instances/i-1');
    const unchanged = await test.json('/instances/i-8');

    expect(changed.timeline).toMatchObject([
      { status: 'Running', since: isoCommitTime(4), until: null },
      { status: 'Stopped', since: isoCommitTime(1), sinceKnown: false, until: isoCommitTime(4) },
    ]);
    expect(unchanged.history).toEqual([]);
    expect(unchanged.timeline).toMatchObject([
      { status: 'Running', since: isoCommitTime(1), sinceKnown: false, until: null },
    ]);
  });

  it('remembers in the cursor which commit released the instance', async () => {
    const test = await smallFleet();

    const first = await test.json('/instances/i-2?limit=1', 410);
    const second = await test.json(`/instances/i-2?limit=5&cursor=${first.nextCursor}`, 410);

    expect(second.instance).toEqual(first.instance);
    expect(second.history.map(({ seq }: Json) => seq)).toEqual([2, 1]);
    expect(second.nextCursor).toBeUndefined();
    await test.json(`/instances/i-404?cursor=${first.nextCursor}`, 400);
  });

  it('does not find what was never seen', async () => {
    const test = await smallFleet();

    const { detail } = await test.json('/instances/i-404', 404);

    expect(detail).toBe('i-404 was never seen, as far as the journal goes back');
  });

  it('reads a long journal back in bounded steps before it says that something was never seen', async () => {
    const test = testView();
    const past = recorder(test.journal, HANGZHOU);
    await past.record([appeared('i-gone'), appeared('i-busy', 'a')], BASELINE);
    await past.record([moved('i-gone', 'Running', null)]);
    for (let turn = 0; turn < 2_100; turn += 1) {
      await past.record([moved('i-busy', turn % 2 === 0 ? 'a' : 'b', turn % 2 === 0 ? 'b' : 'a')]);
    }

    const first = await test.json('/instances/i-gone', 404);
    const second = await test.json(`/instances/i-gone?cursor=${first.nextCursor}`, 410);

    expect(first.detail).toContain('nor in the last 2000 commits that were read');
    expect(second.instance).toMatchObject({ lastStatus: 'Running', releasedAt: isoCommitTime(2) });
  });
});
