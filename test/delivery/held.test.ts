import type { Outcome } from '../../shared/core/message.ts';
import type { Change } from '../../shared/core/model.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryRun } from '../../shared/delivery/run.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { aChange, aCommit, MINUTE_MS, manyChanges, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { aChannel, portsOver, type TestChannel } from './deliveries.ts';

const STARTED = aChange({ from: 'Stopped', to: 'Running' });
const STOPPING = aChange({ to: 'Stopping' });
const DELIVERED: Outcome = { kind: 'delivered' };
const LOST: Outcome = { kind: 'retry', reason: 'TIMEOUT', lost: true };

describe('news that is held back', () => {
  let journal: MemoryJournal;
  let chat: TestChannel;
  let memory: DeliveryRun['memory'];
  let lastSeq: number;
  beforeEach(() => {
    journal = memoryJournal();
    chat = aChannel('chat');
    memory = { channels: new Map() };
    lastSeq = 0;
  });

  it('is stored with the channel, and sent when it is ripe although no commit comes', async () => {
    await commit(0, STARTED);

    const first = await tick(0);
    const second = await tick(10);

    expect(first).toMatchObject({ outcome: 'idle', messages: 0, backlog: 0 });
    expect(second).toMatchObject({ outcome: 'delivered', messages: 1, changes: 1 });
    expect(chat.sent).toMatchObject([{ isRepeat: false, commits: [{ changes: [STARTED] }] }]);
    expect((await journal.channel('chat'))?.held).toMatchObject([{ changes: [] }]);
  });

  it('costs a tick nothing while it is not ripe', async () => {
    await commit(0, STARTED);
    await tick(0);
    const { read, write } = journal.units;

    for (let minute = 1; minute < 10; minute += 1) await tick(minute);

    expect(journal.units).toEqual({ read, write });
    expect(chat.sent).toEqual([]);
  });

  it('is sent by a function that was just started', async () => {
    await commit(0, STARTED);
    await tick(0);
    memory = { channels: new Map() };

    await tick(10);

    expect(chat.sent).toHaveLength(1);
  });

  it('is repeated with a label, the same, when its answer was lost', async () => {
    await commit(0, STARTED);
    await commit(0, aChange({ ...STOPPING, instanceId: 'i-bp2' }));
    await tick(0);
    chat.outcome = LOST;
    await tick(10);
    await commit(10, aChange({ instanceId: 'i-bp3' }));
    chat.outcome = DELIVERED;
    await tick(11);

    const [lost, repeated, next] = chat.sent;
    expect(lost).toMatchObject({ isRepeat: false });
    expect(repeated).toEqual({ ...lost, isRepeat: true });
    expect(next).toMatchObject({ isRepeat: false, commits: [{ seq: 3 }] });
    expect(chat.sent).toHaveLength(3);
  });

  it('is repeated by another run when the one that sent it died', async () => {
    await commit(0, STARTED);
    await tick(0);
    const dying: MemoryJournal = {
      ...journal,
      recordDelivery: () => Promise.reject(new Error('killed')),
      moveChannel: async (name, before, after) => {
        if (after.claim === null) throw new JournalError('failed', 'Killed', 'killed');
        return journal.moveChannel(name, before, after);
      },
    };
    await tick(10, dying);
    memory = { channels: new Map() };

    await tick(11);

    expect(chat.sent).toMatchObject([{ isRepeat: false }, { isRepeat: true }]);
    expect(chat.sent[1]?.commits).toEqual(chat.sent[0]?.commits);
  });

  it('is none at an endpoint, which gets each commit as it is', async () => {
    const endpoint = aChannel('endpoint', { style: 'commits' });
    await commit(0, STOPPING);

    await serve(0, endpoint);

    expect(endpoint.sent).toMatchObject([{ commits: [{ changes: [STOPPING] }] }]);
    expect((await journal.channel('endpoint'))?.held).toEqual([]);
  });

  it('of 1,000 instances at once is sent within the messages of a minute, every one of them', async () => {
    const all = manyChanges(1_000).map((change) => ({ ...change, to: 'Starting' }));
    await commit(0, ...all);

    await tick(0);

    const shown = chat.sent.flatMap(({ commits }) => commits.flatMap(({ changes }) => changes));
    expect(shown).toEqual(all);
    expect(chat.sent.length).toBeLessThanOrEqual(chat.messagesPerMinute);
  });

  it('of a channel that was down for a day is caught up with in a few messages', async () => {
    chat.outcome = { kind: 'retry', reason: 'HTTP 503', lost: false };
    const day = 24 * 60;
    for (let index = 0; index < 200; index += 1) {
      const to = index % 20 < 10 ? 'Stopped' : 'Running';
      const from = to === 'Stopped' ? 'Running' : 'Stopped';
      await commit(index * 7, aChange({ instanceId: `i-bp${index % 10}`, from, to }));
      if (index % 10 === 0) await tick(index * 7);
    }
    chat.sent.length = 0;
    chat.outcome = DELIVERED;

    await tick(day);
    await tick(day + 30);

    const changes = chat.sent.flatMap(({ commits }) => commits.flatMap((one) => one.changes));
    const last = new Map(changes.map(({ instanceId, to }) => [instanceId, to]));
    expect(chat.sent.length).toBeLessThanOrEqual(2);
    expect([...last.values()]).toEqual(Array(10).fill('Running'));
    expect(changes).toHaveLength(200);
  });

  async function commit(minute: number, ...changes: readonly Change[]): Promise<void> {
    lastSeq += 1;
    const atMs = NOW_MS + minute * MINUTE_MS;
    await journal.append(aCommit({ seq: lastSeq, atMs, previousAtMs: atMs, changes }));
  }

  function tick(minute: number, over = journal) {
    return serve(minute, chat, over);
  }

  function serve(minute: number, channel: TestChannel, over = journal) {
    const nowMs = NOW_MS + minute * MINUTE_MS;
    const run = { tickId: `tick-${minute}`, deadlineMs: nowMs + MINUTE_MS, memory };
    const end = { scope: SCOPE, lastSeq, starts: { [channel.name]: 0 }, made: [] };
    return deliver(portsOver(over, [channel], nowMs), run, channel, [end]);
  }
});

describe('the record of a message', () => {
  it('is written before the cursor moves, for each attempt', async () => {
    const journal = memoryJournal();
    const chat = aChannel('chat');
    await journal.append(aCommit({ seq: 1, changes: [aChange()] }));
    await serveAt(0, { kind: 'rejected', reason: 'HTTP 404: no_service', cause: 'dead' });
    await serveAt(90, DELIVERED);

    const calls = journal.calls.filter((call) => /^(recordDelivery|moveChannel)/u.test(call));
    expect(calls).toEqual([
      'moveChannel chat',
      'recordDelivery chat',
      'moveChannel chat',
      'moveChannel chat',
      'recordDelivery chat',
      'moveChannel chat',
    ]);
    expect(await journal.deliveries('chat', 5)).toMatchObject([
      { value: { verdict: 'delivered', attempt: 2, reason: null, changeCount: 1 } },
      {
        value: {
          verdict: 'rejected',
          attempt: 1,
          reason: 'HTTP 404: no_service',
          commits: [`${SCOPE.key}/1`],
        },
      },
    ]);

    async function serveAt(minute: number, outcome: Outcome): Promise<void> {
      chat.outcome = outcome;
      const nowMs = NOW_MS + minute * MINUTE_MS;
      const memory = { channels: new Map() };
      const run = { tickId: `tick-${minute}`, deadlineMs: nowMs + MINUTE_MS, memory };
      const end = { scope: SCOPE, lastSeq: 1, starts: { chat: 0 }, made: [] };
      await deliver(portsOver(journal, [chat], nowMs), run, chat, [end]);
    }
  });

  it('that cannot be written is noted, and the message is delivered once all the same', async () => {
    const journal = memoryJournal();
    const chat = aChannel('chat');
    await journal.append(aCommit({ seq: 1, changes: [aChange()] }));
    const full: MemoryJournal = {
      ...journal,
      recordDelivery: () => Promise.reject(new JournalError('failed', 'OTSServerBusy', 'busy')),
    };
    const memory = { channels: new Map() };
    const run = { tickId: 'tick-1', deadlineMs: NOW_MS + MINUTE_MS, memory };
    const end = { scope: SCOPE, lastSeq: 1, starts: { chat: 0 }, made: [] };

    const report = await deliver(portsOver(full, [chat]), run, chat, [end]);

    expect(report).toMatchObject({
      outcome: 'delivered',
      notes: [expect.stringMatching(/could not be written/u)],
    });
    expect((await journal.channel('chat'))?.cursor).toEqual({ [SCOPE.key]: { seq: 1, part: 0 } });
  });
});
