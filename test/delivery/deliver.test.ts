import { type ChannelState, NEW_CHANNEL, type Starts } from '../../shared/core/channel-state.ts';
import { CLAIM_MS } from '../../shared/core/credible-times.ts';
import type { Commit } from '../../shared/core/model.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryRun } from '../../shared/delivery/run.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { aChannel, aRun, portsOver, type TestChannel } from './deliveries.ts';

const START = { [SCOPE.key]: { seq: 11, part: 0 } };
const DELIVERED = { [SCOPE.key]: { seq: 12, part: 0 } };

describe('delivering to a channel that has a start and no row', () => {
  let journal: MemoryJournal;
  beforeEach(async () => {
    journal = memoryJournal();
    await journal.append(aCommit({ seq: 12, changes: [aChange()] }));
  });

  it('makes its row with the first claim', async () => {
    const slack = aChannel('slack');

    expect(await serve(journal, slack)).toMatchObject({ outcome: 'delivered', messages: 1 });

    expect(await journal.channel('slack')).toMatchObject({ version: 2, cursor: DELIVERED });
    expect(slack.sent).toMatchObject([{ isRepeat: false }]);
  });

  it('makes no row while nothing is pending', async () => {
    const report = await serve(journal, aChannel('slack'), { start: 12 });

    expect(report).toEqual({
      channel: 'slack',
      messages: 0,
      changes: 0,
      outcome: 'idle',
      backlog: 0,
    });
    expect(await journal.channel('slack')).toBeUndefined();
  });

  // Version 0.1 reads the row alone: a scope that it lacks begins there at the end of its journal.
  describe('stores the start in the row, for the sake of version 0.1,', () => {
    it('when a refusal leaves the commits pending', async () => {
      const slack = aChannel('slack');
      slack.outcome = { kind: 'retry', reason: 'HTTP 503', lost: false };

      expect(await serve(journal, slack)).toMatchObject({ outcome: 'retry', backlog: 1 });

      expect(await journal.channel('slack')).toMatchObject({ cursor: START, claim: null });
    });

    it('when the channel has to wait after failures elsewhere', async () => {
      const waiting = stored({ failures: 3, notBeforeMs: NOW_MS + 10 * MINUTE_MS });
      await journal.moveChannel('slack', undefined, waiting);

      expect(await serve(journal, aChannel('slack'))).toMatchObject({ outcome: 'retry' });

      expect(await journal.channel('slack')).toMatchObject({ cursor: START, failures: 3 });
    });

    it('when another run is sending until the time is over, whose claim it keeps', async () => {
      const claim = { to: { elsewhere: { seq: 3, part: 0 } }, tickId: 'other', untilMs: 0 };
      const longest = { ...claim, untilMs: NOW_MS + CLAIM_MS };
      await journal.moveChannel('slack', undefined, stored({ claim: longest }));
      const short = { timeMs: CLAIM_MS / 2 };

      expect(await serve(journal, aChannel('slack'), short)).toMatchObject({ outcome: 'waiting' });

      expect(await journal.channel('slack')).toMatchObject({ cursor: START, claim: longest });
    });

    it('in vain, and without an error, when another run moves the row at that moment', async () => {
      const waiting = stored({ notBeforeMs: NOW_MS + 10 * MINUTE_MS });
      await journal.moveChannel('slack', undefined, waiting);
      const contended: Journal = { ...journal, moveChannel: async () => 'taken' };

      expect(await serve(contended, aChannel('slack'))).toMatchObject({ outcome: 'waiting' });
    });
  });

  it('claims the positions that the message moves, and no others', async () => {
    const cursor = { ...START, 'main/cn-shanghai': { seq: 7, part: 0 } };
    await journal.moveChannel('slack', undefined, stored({ cursor }));
    const claims: unknown[] = [];
    const watched: Journal = {
      ...journal,
      moveChannel: (name, before, after) => {
        if (after.claim !== null) claims.push(after.claim.to);
        return journal.moveChannel(name, before, after);
      },
    };

    await serve(watched, aChannel('slack'));

    expect(claims).toEqual([DELIVERED]);
    expect((await journal.channel('slack'))?.cursor).toEqual({ ...cursor, ...DELIVERED });
  });

  it('settles its message even when other runs store their starts meanwhile', async () => {
    const others = ['main/one', 'main/two'];
    const slack: TestChannel = aChannel('slack', {
      send: async (message) => {
        slack.sent.push(message);
        for (const scope of others.splice(0)) await storeStartOf(scope);
        return { kind: 'delivered' };
      },
    });

    expect(await serve(journal, slack)).toMatchObject({ outcome: 'delivered', messages: 1 });

    expect(slack.sent).toHaveLength(1);
    expect(await journal.channel('slack')).toMatchObject({
      claim: null,
      failures: 0,
      cursor: { ...DELIVERED, 'main/one': { seq: 1, part: 0 }, 'main/two': { seq: 1, part: 0 } },
    });
  });

  it('reports a row that was removed under it, and forgets what it knew', async () => {
    const run = aRun('tick-1');
    run.memory.channels.set('slack', stored({ cursor: START }));

    const report = await deliver(portsOver(journal, []), run, aChannel('slack'), ends(12));

    expect(report).toMatchObject({
      outcome: 'error',
      backlog: 1,
      error: expect.stringContaining(`has lost its position in ${SCOPE.key}`),
    });
    expect(run.memory.channels.size).toBe(0);
  });

  async function storeStartOf(scope: string): Promise<void> {
    const before = await journal.channel('slack');
    if (before === undefined) throw new Error('the claim must have made the row');
    const cursor = { ...before.cursor, [scope]: { seq: 1, part: 0 } };
    const after = { ...before, version: before.version + 1, tickId: scope, cursor };
    await journal.moveChannel('slack', before, after);
  }
});

describe('delivering to an address that was corrected', () => {
  it.each(['config', 'dead'] as const)(
    'tries it at once, though the old one was refused (%s) and has to wait',
    async (cause) => {
      const journal = memoryJournal();
      await journal.append(aCommit({ seq: 12, changes: [aChange()] }));
      const wrong = aChannel('dingtalk', { destination: 'wrong' });
      wrong.outcome = { kind: 'rejected', reason: 'errcode 300001', cause };
      for (let tick = 0; tick < 3; tick += 1) await serve(journal, wrong);
      const right = aChannel('dingtalk', { destination: 'right' });

      const report = await serve(journal, right);

      expect(wrong.sent).toHaveLength(2);
      expect(report).toEqual({
        channel: 'dingtalk',
        messages: 1,
        changes: 1,
        outcome: 'delivered',
        backlog: 0,
      });
      expect(right.sent).toMatchObject([{ isRepeat: false }]);
    },
  );
});

it('gives the record of a message a second, so that the message is settled in time', async () => {
  const journal = memoryJournal();
  await journal.append(aCommit({ seq: 12, changes: [aChange()] }));
  const recordDelivery = jest.fn(() => Promise.reject(new Error('no answer')));
  const slack = aChannel('slack');
  const ports = portsOver({ ...journal, recordDelivery }, [slack]);
  const end = { scope: SCOPE, lastSeq: 12, starts: { slack: 11 }, made: [] };

  const report = await deliver(ports, aRun('tick-1'), slack, [end]);

  expect(report).toMatchObject({
    outcome: 'delivered',
    notes: [expect.stringContaining('no answer')],
  });
  expect(recordDelivery).toHaveBeenCalledWith(expect.anything(), NOW_MS + 1_000);
  expect(await journal.channel('slack')).toMatchObject({ cursor: DELIVERED, claim: null });
});

it('names the times in a channel row that it ignores, and delivers', async () => {
  const journal = memoryJournal();
  await journal.append(aCommit({ seq: 12, changes: [aChange()] }));
  const silenced = stored({ cursor: START, notBeforeMs: Date.UTC(2286, 10, 20) });
  await journal.moveChannel('slack', undefined, silenced);

  expect(await serve(journal, aChannel('slack'))).toMatchObject({
    outcome: 'delivered',
    notes: ['ignored a pause until 2286-11-20T00:00:00.000Z: no working clock has written it'],
  });
});

describe('two channels of one kind with different names', () => {
  it('have each a cursor, a budget and failures of their own', async () => {
    const journal = memoryJournal();
    const ops = aChannel('dingtalk-ops', { messagesPerMinute: 1 });
    const dev = aChannel('dingtalk-dev', { messagesPerMinute: 1 });
    dev.outcome = { kind: 'retry', reason: 'HTTP 503', lost: false };
    const run = aRun('tick-1');
    const starts = { 'dingtalk-ops': 11, 'dingtalk-dev': 10 };
    for (const seq of [11, 12]) await journal.append(aCommit({ seq, changes: [aChange()] }));

    const ports = portsOver(journal, [ops, dev]);
    const reports = await Promise.all(
      [ops, dev].map((channel) => deliver(ports, run, channel, ends(12, starts))),
    );
    await journal.append(aCommit({ seq: 13, changes: [aChange()] }));
    const next = await deliver(ports, run, ops, ends(13, starts));

    expect(reports).toMatchObject([
      { channel: 'dingtalk-ops', outcome: 'delivered', backlog: 0 },
      { channel: 'dingtalk-dev', outcome: 'retry', backlog: 2, error: 'HTTP 503' },
    ]);
    expect(next).toMatchObject({ outcome: 'waiting', backlog: 1 });
    expect(ops.sent.map(seqsOf)).toEqual([[12]]);
    expect(dev.sent.map(seqsOf)).toEqual([[11, 12]]);
    expect(await journal.channel('dingtalk-ops')).toMatchObject({ cursor: DELIVERED, failures: 0 });
    expect(await journal.channel('dingtalk-dev')).toMatchObject({
      cursor: { [SCOPE.key]: { seq: 10, part: 0 } },
      failures: 1,
    });
  });
});

describe('delivering a backlog that the journal returns in pages', () => {
  it('makes one digest of all of them', async () => {
    const journal = memoryJournal();
    for (const seq of [9, 10, 11, 12]) await journal.append(aCommit({ seq, changes: [aChange()] }));
    const paged: Journal = {
      ...journal,
      nextAfter: (scope, seq, limit) => journal.after(scope, seq, Math.min(limit, 1)),
    };
    const slack = aChannel('slack');

    expect(await serve(paged, slack, { start: 8 })).toMatchObject({ messages: 1, backlog: 0 });

    expect(slack.sent.map(seqsOf)).toEqual([[9, 10, 11, 12]]);
  });
});

/** One run over one scope whose channel begins at `start`, and whose journal ends at 12. */
function serve(
  journal: Journal,
  channel: TestChannel,
  { start = 11, timeMs = MINUTE_MS }: { readonly start?: number; readonly timeMs?: number } = {},
) {
  const run: DeliveryRun = { ...aRun('tick-1'), deadlineMs: NOW_MS + timeMs };
  const starts = { [channel.name]: start };
  return deliver(portsOver(journal, [channel]), run, channel, ends(12, starts));
}

function ends(lastSeq: number, starts: Starts = {}) {
  return [{ scope: SCOPE, lastSeq, starts, made: [] }];
}

function stored(parts: Partial<ChannelState>): ChannelState {
  return { ...NEW_CHANNEL, version: 1, tickId: 'earlier', ...parts };
}

function seqsOf({ commits }: { readonly commits: readonly Commit[] }): readonly number[] {
  return commits.map(({ seq }) => seq);
}
