import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { DeliveryRecord } from '../../shared/core/delivery-record.ts';
import { START_MS, type TestView, testView } from './helpers.ts';

const PER_MS = 1_000;

describe('/deliveries', () => {
  it('gives every attempt with what the receiver answered, newest first', async () => {
    const test = await withRecords([
      aRecord('ops', 0),
      aRecord('ops', 1, { attempt: 2, isRepeat: true, verdict: 'retry', reason: 'HTTP 503' }),
    ]);

    const { deliveries, nextCursor } = await test.json('/deliveries');

    expect(deliveries).toEqual([
      {
        channel: 'ops',
        at: '2026-11-22T10:00:01.000Z',
        tickId: 'tick-1',
        commits: ['main/cn-hangzhou/12'],
        commitCount: 1,
        changeCount: 3,
        attempt: 2,
        repeat: true,
        verdict: 'retry',
        reason: 'HTTP 503',
      },
      expect.objectContaining({ verdict: 'delivered', reason: null, repeat: false }),
    ]);
    expect(nextCursor).toBeUndefined();
  });

  it('gives each once and in order in pages, those of one moment included', async () => {
    const records = ['ops', 'pager', 'audit'].flatMap((channel, index) =>
      [0, 1, 2, 2 + index, 9].map((second) => aRecord(channel, second)),
    );
    const test = await withRecords(records);
    const all = await test.json('/deliveries');

    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = await test.json(`/deliveries?limit=2&cursor=${cursor}`);
      seen.push(...page.deliveries);
      cursor = page.nextCursor ?? '';
    } while (cursor !== '');

    const times = seen.map((record) => (record as { at: string }).at);
    expect(times).toEqual([...times].sort().reverse());
    expect(seen).toEqual(all.deliveries);
    expect(seen).toHaveLength(new Set(records.map(({ channel, seq }) => `${channel} ${seq}`)).size);
  });

  it('can be asked of some channels, and names those that there are', async () => {
    const test = await withRecords([aRecord('ops', 0), aRecord('pager', 1)]);

    const { deliveries } = await test.json('/deliveries?channel=ops');
    const { detail } = await test.json('/deliveries?channel=opps', 400);

    expect(deliveries).toMatchObject([{ channel: 'ops' }]);
    expect(detail).toBe('channel is not known: opps (known: ops, pager)');
  });

  it('shows a record that cannot be read as such, with its time', async () => {
    const test = await withRecords([aRecord('ops', 0)]);
    const { journal } = test.ports;
    const unreadable = 'record.verdict is missing';
    const spoiled = {
      ...journal,
      deliveries: async () =>
        [Number.MAX_VALUE, START_MS * PER_MS + 7].map((seq) => ({ seq, unreadable })),
    };

    const { deliveries } = await testView([], Object.assign(test.journal, spoiled)).json(
      '/deliveries',
    );

    expect(deliveries).toEqual([
      { channel: 'ops', at: '+275760-09-13T00:00:00.000Z', unreadable },
      { channel: 'ops', at: '2026-11-22T10:00:00.000Z', unreadable },
    ]);
  });
});

async function withRecords(records: readonly DeliveryRecord[]): Promise<TestView> {
  const test = testView();
  for (const channel of new Set(records.map((record) => record.channel))) {
    await test.journal.moveChannel(channel, undefined, NEW_CHANNEL);
  }
  for (const record of records) await test.journal.recordDelivery(record, START_MS);
  return test;
}

function aRecord(
  channel: string,
  second: number,
  parts: Partial<DeliveryRecord> = {},
): DeliveryRecord {
  const atMs = START_MS + second * 1_000;
  return {
    channel,
    seq: atMs * PER_MS,
    atMs,
    tickId: `tick-${second}`,
    commits: ['main/cn-hangzhou/12'],
    commitCount: 1,
    changeCount: 3,
    attempt: 1,
    isRepeat: false,
    verdict: 'delivered',
    reason: null,
    ...parts,
  };
}
