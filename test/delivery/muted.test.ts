import { channelPolicy } from '../../shared/delivery/core/policy/policy.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryRun, ServedChannel } from '../../shared/delivery/run.ts';
import { aChange, aCommit, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { aChannel, portsOver, type TestChannel } from './deliveries.ts';

const DAY_MINUTES = 24 * 60;
/** Midnight after the moment of the examples, until which the channel is muted. */
const MIDNIGHT_MS = Date.UTC(2026, 10, 23);
/** More than one message is planned from. */
const COMMITS = 250;

describe('a night in which a channel is muted', () => {
  let journal: MemoryJournal;
  let chat: TestChannel;
  let memory: DeliveryRun['memory'];
  beforeEach(async () => {
    journal = memoryJournal();
    memory = { channels: new Map() };
    const weekly = [{ days: [0, 1, 2, 3, 4, 5, 6], from: 10 * 60, until: DAY_MINUTES }];
    const nights = { name: 'nights', zone: 'UTC', weekly, periods: [] };
    const policy = channelPolicy('ops', { routes: [], mutes: [nights], version: 'v1' });
    chat = aChannel('ops', { policy } as Partial<ServedChannel>);
    for (let seq = 1; seq <= COMMITS; seq += 1) {
      await journal.append(
        aCommit({ seq, atMs: NOW_MS, changes: [aChange({ instanceId: `i-${seq}` })] }),
      );
    }
  });

  it.each([
    ['the same function instance', true],
    ['another one', false],
  ])('is one message afterwards, however long it was, sent by %s', async (_which, isWarm) => {
    const quiet = await tick(NOW_MS);
    if (!isWarm) memory = { channels: new Map() };

    const loud = await tick(MIDNIGHT_MS);

    expect(quiet).toMatchObject({ messages: 0, backlog: 0, outcome: 'idle' });
    expect(loud).toMatchObject({ messages: 1, changes: COMMITS, outcome: 'delivered' });
    expect(chat.sent).toHaveLength(1);
    expect(chat.sent[0]?.muted?.untilMs).toBe(MIDNIGHT_MS);
    expect(await tick(MIDNIGHT_MS + MINUTE_MS)).toMatchObject({ messages: 0, outcome: 'idle' });
  });

  it('costs a warm tick without news nothing, and a tick with news only the news', async () => {
    await tick(NOW_MS);
    journal.calls.length = 0;

    await tick(NOW_MS + MINUTE_MS);

    expect(journal.calls).toEqual([]);
  });

  it('is kept while the channel fails, and comes before what has happened since', async () => {
    await tick(NOW_MS);
    chat.outcome = { kind: 'retry', reason: 'HTTP 503', lost: false };
    await journal.append(
      aCommit({ seq: COMMITS + 1, atMs: MIDNIGHT_MS, changes: [aChange({ instanceId: 'i-new' })] }),
    );
    await tick(MIDNIGHT_MS, COMMITS + 1);
    chat.outcome = { kind: 'delivered' };
    chat.sent.length = 0;

    await tick(MIDNIGHT_MS + MINUTE_MS, COMMITS + 1);

    expect(chat.sent.map(({ commits }) => commits.length)).toEqual([COMMITS, 1]);
    expect(chat.sent.map(({ isRepeat }) => isRepeat)).toEqual([false, false]);
    expect(await journal.channel('ops')).not.toHaveProperty('muted');
  });

  function tick(nowMs: number, lastSeq = COMMITS) {
    const run = { tickId: `tick-${nowMs}`, deadlineMs: nowMs + MINUTE_MS, memory };
    const end = { scope: SCOPE, lastSeq, starts: { ops: 0 }, made: [] };
    return deliver(portsOver(journal, [chat], nowMs), run, chat, [end]);
  }
});
