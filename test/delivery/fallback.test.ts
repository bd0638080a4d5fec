import type { Outcome } from '../../shared/core/message.ts';
import { channelPolicy } from '../../shared/delivery/core/policy/policy.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { ChannelReport } from '../../shared/delivery/report.ts';
import type { DeliveryRun, ServedChannel } from '../../shared/delivery/run.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { aChannel, portsOver, type TestChannel } from './deliveries.ts';

const REFUSED: Outcome = { kind: 'retry', reason: 'HTTP 503', lost: false };
const LOST: Outcome = { kind: 'retry', reason: 'TIMEOUT', lost: true };
const DELIVERED: Outcome = { kind: 'delivered' };
const RULES = {
  routes: [{ name: 'all', match: {}, channels: ['pay'], mentions: ['13800000000'] }],
  mutes: [],
  fallbacks: [{ channel: 'pay', to: 'ops', afterMs: 10 * MINUTE_MS }],
  version: 'v1',
};

describe('a channel with a fallback', () => {
  let journal: MemoryJournal;
  let pay: TestChannel;
  let ops: TestChannel;
  let memory: DeliveryRun['memory'];
  let lastSeq: number;
  beforeEach(() => {
    journal = memoryJournal();
    memory = { channels: new Map() };
    lastSeq = 0;
    [pay, ops] = ['pay', 'ops'].map((name) =>
      aChannel(name, { policy: channelPolicy(name, RULES) } as Partial<ServedChannel>),
    ) as [TestChannel, TestChannel];
  });

  it('has its messages sent there after ten minutes, once, and is sent a line when it works again', async () => {
    pay.outcome = REFUSED;
    await stop('i-1');
    await ticksUntil(9);
    expect(ops.sent).toEqual([]);
    const tried = pay.sent.length;
    const [own] = await tick(11);
    await stop('i-2', 12);
    await ticksUntil(14, 12);

    expect(ops.sent.map(({ commits }) => commits.map(({ seq }) => seq))).toEqual([[1], [2]]);
    expect(ops.sent[0]).toMatchObject({
      isRepeat: false,
      inPlaceOf: { channel: 'pay', sinceMs: NOW_MS },
    });
    expect(ops.sent[0]).not.toHaveProperty('mentions');
    const [record] = await journal.deliveries('ops', 1);
    expect(record).toMatchObject({ value: { channel: 'ops', inPlaceOf: 'pay' } });
    expect(own).toMatchObject({ messages: 1, backlog: 0, error: 'HTTP 503' });
    expect(tried).toBeLessThan(9);

    pay.outcome = DELIVERED;
    pay.sent.length = 0;
    await ticksUntil(40, 30);
    await stop('i-3', 41);
    await tick(41);

    expect(pay.sent).toMatchObject([
      {
        commits: [],
        isRepeat: false,
        instead: { channel: 'ops', messages: 2, fromMs: minute(11), untilMs: minute(12) },
      },
      { commits: [{ seq: 3 }], mentions: ['13800000000'] },
    ]);
    expect(ops.sent).toHaveLength(2);
    expect(await journal.channel('pay')).not.toHaveProperty('instead');
    expect(await journal.channel('pay')).toMatchObject({ failures: 0, failingSinceMs: null });
  });

  it('has what may have arrived labelled, at either of both', async () => {
    pay.outcome = LOST;
    await stop('i-1');
    await ticksUntil(11);
    await stop('i-2', 12);
    ops.outcome = LOST;
    await tick(12);
    ops.outcome = REFUSED;
    await tick(13);
    pay.outcome = DELIVERED;
    await ticksUntil(60, 30);

    expect(ops.sent.map(({ isRepeat }) => isRepeat)).toEqual([true, false, true]);
    const news = pay.sent.filter(({ commits }) => commits.some(({ seq }) => seq === 2));
    expect(news.map(({ isRepeat }) => isRepeat)).toEqual([true]);
  });

  it('is not stood in for while its receiver has asked for a pause, however long', async () => {
    await stop('i-1');
    for (let at = 0; at <= 30; at += 1) {
      pay.outcome = { kind: 'throttled', reason: 'muted', untilMs: minute(at + 10) };
      await tick(at);
    }
    pay.outcome = REFUSED;
    await ticksUntil(49, 31);
    expect(ops.sent).toEqual([]);

    await ticksUntil(60, 50);

    expect(ops.sent).toHaveLength(1);
  });

  it('is not stood in for while its receiver asks for a pause, although it has failed before', async () => {
    pay.outcome = REFUSED;
    await stop('i-1');
    await ticksUntil(5);
    pay.outcome = { kind: 'throttled', reason: 'muted', untilMs: minute(30) };
    await ticksUntil(29, 6);
    expect(pay.sent.length).toBeGreaterThan(1);
    expect(ops.sent).toEqual([]);

    pay.outcome = REFUSED;
    await ticksUntil(45, 30);

    // It fails again, and has failed for long enough.
    expect(ops.sent).toHaveLength(1);
  });

  it('keeps what its fallback refuses, and leaves that one alone for as long as it asks', async () => {
    pay.outcome = REFUSED;
    ops.outcome = { kind: 'throttled', reason: 'muted', untilMs: minute(20) };
    await stop('i-1');
    await ticksUntil(19);

    expect(ops.sent).toHaveLength(1);
    expect(await journal.channel('ops')).toMatchObject({ failures: 1, problem: 'muted' });

    pay.outcome = DELIVERED;
    await ticksUntil(40, 20);

    expect(pay.sent.at(-1)).toMatchObject({ commits: [{ seq: 1 }], isRepeat: false });
    expect(pay.sent.at(-1)).not.toHaveProperty('instead');
  });

  it('keeps to the limit of its fallback, whatever that is sent besides', async () => {
    pay.outcome = REFUSED;
    ops = { ...ops, messagesPerMinute: 1 };
    await stop('i-1');
    await ticksUntil(10);
    await stop('i-2', 11);
    await tick(10.5);

    expect(ops.sent).toHaveLength(1);
    expect((await journal.channel('ops'))?.sentAtMs).toHaveLength(1);
  });

  it('labels the line that may have arrived', async () => {
    pay.outcome = REFUSED;
    await stop('i-1');
    await ticksUntil(11);
    pay.sent.length = 0;
    pay.outcome = LOST;
    await ticksUntil(30, 25);
    pay.outcome = DELIVERED;
    await ticksUntil(60, 31);

    const lines = pay.sent.filter(({ instead }) => instead !== undefined);
    expect(lines.map(({ isRepeat }) => isRepeat)).toEqual([
      false,
      ...lines.slice(1).map(() => true),
    ]);
    expect(lines.length).toBeGreaterThan(1);
    expect(pay.sent).toHaveLength(lines.length);
  });

  it('labels the line that may have arrived after a long pause, too, from any function', async () => {
    pay.outcome = REFUSED;
    await stop('i-1');
    await ticksUntil(11);
    pay.sent.length = 0;
    pay.outcome = LOST;
    for (let at = 25; pay.sent.length === 0; at += 1) await tick(at);
    pay.outcome = { kind: 'throttled', reason: 'muted', untilMs: minute(120) };
    memory.channels.clear();
    await ticksUntil(60, 50);
    pay.outcome = DELIVERED;
    memory.channels.clear();
    await ticksUntil(125, 118);

    expect(pay.sent.map(({ instead }) => instead?.messages)).toEqual([1, 1, 1]);
    expect(pay.sent.map(({ isRepeat }) => isRepeat)).toEqual([false, true, true]);
  });

  it('is served as without one while the row of its fallback cannot be read', async () => {
    pay.outcome = REFUSED;
    await stop('i-1');
    await ticksUntil(1);
    const readRow = journal.channel;
    journal.channel = async (name) => {
      if (name === 'ops') throw new JournalError('corrupt', 'CorruptRow', 'the row cannot be read');
      return readRow(name);
    };
    const [own] = await ticksUntil(60, 10);
    expect(own).toMatchObject({ outcome: 'retry', error: 'HTTP 503' });
    expect(own?.notes).toEqual([
      'the row of its fallback ops could not be read or moved: CorruptRow: the row cannot be read',
    ]);

    pay.outcome = DELIVERED;
    await ticksUntil(90, 61);

    expect(ops.sent).toEqual([]);
    expect(pay.sent.at(-1)).toMatchObject({ commits: [{ seq: 1 }], isRepeat: false });
  });

  it.each([
    ['before the message, and is served as without one', () => true, []],
    ['after the message, which is sent once', () => ops.sent.length > 0, [1]],
  ])('is not stopped by a fallback whose row cannot be moved %s', async (_when, isBroken, seqs) => {
    pay.outcome = REFUSED;
    await stop('i-1');
    await ticksUntil(1);
    const moveRow = journal.moveChannel;
    journal.moveChannel = async (name, before, after) => {
      if (name === 'ops' && isBroken())
        throw new JournalError('failed', 'OTSNoPermission', 'no right to write');
      return moveRow(name, before, after);
    };

    const reports: (ChannelReport | undefined)[] = [];
    for (let at = 2; at <= 12; at += 1) reports.push((await tick(at))[0]);

    expect(ops.sent.flatMap(({ commits }) => commits.map(({ seq }) => seq))).toEqual(seqs);
    expect(reports.map((report) => report?.outcome)).not.toContain('error');
    expect(reports.flatMap((report) => report?.notes ?? [])).toContainEqual(
      expect.stringContaining('the row of its fallback ops could not be read or moved: OTSNoP'),
    );
    expect(reports.at(-1)?.backlog).toBe(1 - seqs.length);
  });

  async function stop(instanceId: string, at = 0): Promise<void> {
    lastSeq += 1;
    const changes = [aChange({ instanceId, from: 'Running', to: 'Stopped' })];
    await journal.append(aCommit({ seq: lastSeq, atMs: minute(at), changes }));
  }

  async function ticksUntil(last: number, first = 0): Promise<readonly ChannelReport[]> {
    let reports: readonly ChannelReport[] = [];
    for (let at = first; at <= last; at += 1) reports = await tick(at);
    return reports;
  }

  /** Both channels are served at the same time, as in any tick. */
  function tick(at: number): Promise<readonly ChannelReport[]> {
    const nowMs = minute(at);
    const run = { tickId: `tick-${at}`, deadlineMs: nowMs + MINUTE_MS, memory };
    const end = { scope: SCOPE, lastSeq, starts: { pay: 0, ops: 0 }, made: [] };
    const ports = portsOver(journal, [pay, ops], nowMs);
    return Promise.all([pay, ops].map((channel) => deliver(ports, run, channel, [end])));
  }

  function minute(at: number): number {
    return NOW_MS + at * MINUTE_MS;
  }
});
