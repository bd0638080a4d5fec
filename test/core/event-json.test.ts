import { eventDataOf } from '../../shared/core/event-json.ts';
import type { Notice } from '../../shared/core/model.ts';
import { cloudEventOf } from '../../shared/delivery/core/message/cloud-event.ts';
import { aChange, aCommit, aMessage, manyChanges, NOW_MS } from '../helpers/examples.ts';

describe('the event of a commit', () => {
  it('is the one of the design, byte for byte', () => {
    const commit = aCommit({ changes: [aChange({ name: 'web-1' })] });

    expect(JSON.stringify(cloudEventOf(aMessage([commit])))).toBe(
      [
        '{"specversion":"1.0","id":"main/cn-hangzhou/12","source":"//ecs-watch/main/cn-hangzhou",',
        '"type":"ecs-watch.changes","time":"2026-11-22T10:05:01.120Z",',
        '"datacontenttype":"application/json","data":{"scope":"main/cn-hangzhou","seq":12,',
        '"at":"2026-11-22T10:05:01.120Z","previousAt":"2026-11-22T10:04:00.980Z",',
        '"changes":[{"id":"main/cn-hangzhou/12/0","instanceId":"i-bp1","from":"Running",',
        '"to":"Stopped","name":"web-1"}]}}',
      ].join(''),
    );
  });

  it('holds every detail that is known of an instance', () => {
    const details = {
      name: 'web-1',
      zoneId: 'cn-hangzhou-h',
      instanceType: 'ecs.g7.large',
      resourceGroupId: 'rg-bp67acfmxazb4ph',
      privateIps: ['172.16.0.1'],
      publicIps: ['198.18.0.1'],
      tags: { env: '测试' },
      created: '2026-11-22T09:58Z',
    };

    const { changes } = eventDataOf(aCommit({ changes: [aChange(details)] }));

    expect(changes).toEqual([
      {
        id: 'main/cn-hangzhou/12/0',
        instanceId: 'i-bp1',
        from: 'Running',
        to: 'Stopped',
        ...details,
      },
    ]);
  });

  it('says since when the state before was held, or when a false release was recorded', () => {
    const change = aChange({ from: null, returned: true, fromSinceMs: NOW_MS });
    const moved = aChange({ fromSinceMs: NOW_MS, fromSinceKnown: false });

    expect(eventDataOf(aCommit({ changes: [moved] })).changes).toMatchObject([
      { fromSince: '2026-11-22T10:05:01.120Z', fromSinceKnown: false },
    ]);
    expect(eventDataOf(aCommit({ changes: [change] })).changes).toEqual([
      {
        id: 'main/cn-hangzhou/12/0',
        instanceId: 'i-bp1',
        from: null,
        to: 'Stopped',
        returned: true,
        fromSince: '2026-11-22T10:05:01.120Z',
      },
    ]);
  });

  it('says null of a scan before the first one, and of what appeared or was released', () => {
    const changes = [aChange({ from: null }), aChange({ to: null })];

    const data = eventDataOf(aCommit({ previousAtMs: null, changes }));

    expect(data).toMatchObject({ previousAt: null, changes: [{ from: null }, { to: null }] });
  });

  it('gives each part an id of its own, and its changes the ids that they have in the whole', () => {
    const changes = manyChanges(2).map((change, place) => ({ ...change, index: 5 + place }));
    const commit = aCommit({ changes });
    const part = { index: 1, count: 3 };

    const { id, data } = cloudEventOf(aMessage([commit], { part }));

    expect(id).toBe('main/cn-hangzhou/12.2');
    expect(data).toMatchObject({
      part: 2,
      parts: 3,
      changes: [{ id: 'main/cn-hangzhou/12/5' }, { id: 'main/cn-hangzhou/12/6' }],
    });
  });

  it('has the same id when it is repeated, and says that it may be a repeat', () => {
    const commit = aCommit({ changes: [aChange()] });

    const first = cloudEventOf(aMessage([commit]));
    const second = cloudEventOf(aMessage([commit], { isRepeat: true }));

    expect(second).toEqual({ ...first, data: { ...first.data, possibleRepeat: true } });
  });

  it.each<[Notice, object]>([
    [{ kind: 'baseline', instances: 9, last: true }, { instances: 9 }],
    [
      { kind: 'suspicious-scan', missing: 60, known: 100 },
      { missing: 60, known: 100 },
    ],
    [{ kind: 'suspicion-lifted', missing: 60 }, { missing: 60 }],
    [
      { kind: 'scans-failing', failures: 3, sinceMs: 0, reason: 'why' },
      { failures: 3, since: '1970-01-01T00:00:00.000Z', reason: 'why' },
    ],
    [
      { kind: 'scans-recovered', failures: 3, sinceMs: 0 },
      { failures: 3, since: '1970-01-01T00:00:00.000Z' },
    ],
  ])('holds a notice as itself, without changes', (notice, facts) => {
    const event = cloudEventOf(aMessage([aCommit({ notice, changes: manyChanges(2) })]));

    expect(event.type).toBe('ecs-watch.notice');
    expect(event.data).toEqual({
      scope: 'main/cn-hangzhou',
      seq: 12,
      at: '2026-11-22T10:05:01.120Z',
      previousAt: '2026-11-22T10:04:00.980Z',
      notice: notice.kind,
      ...facts,
    });
  });

  it('cannot be made of nothing', () => {
    expect(() => cloudEventOf(aMessage([]))).toThrow(RangeError);
  });
});
