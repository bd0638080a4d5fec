import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { callsOf } from '../../shared/core/health.ts';
import type { Message } from '../../shared/core/message.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import type { Inventory } from '../../shared/ports/inventory.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import type { Ports } from '../../shared/watch/ports.ts';
import { watch } from '../../shared/watch/watch.ts';
import { EMPTY_INVENTORY, pagesWithOne } from '../helpers/empty-inventory.ts';
import { aScope } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const SCOPE = aScope('cn-hangzhou');
const START_MS = Date.UTC(2026, 10, 22, 10, 5);

/** A fleet of one page that is always the same. */
const inventory: Inventory = {
  ...EMPTY_INVENTORY,
  page: pagesWithOne('Running'),
};

const channel: Channel = {
  name: 'chat',
  style: 'digest',
  destination: 'its address',
  messagesPerMinute: 18,
  send: async () => ({ kind: 'delivered' }),
};

function portsOver(journal: Ports['journal']): Ports {
  return {
    inventory,
    journal,
    channels: [channel],
    runtime: virtualRuntime(START_MS),
  };
}

function aTick(tickId: string) {
  return {
    tickId,
    scopes: [SCOPE],
    callsPerMinute: 1_000,
    guard: GUARD_LIMITS,
    startMs: START_MS,
    deadlineMs: START_MS + 50_000,
    memory: newMemory(),
  };
}

describe('a tick', () => {
  it('commits nothing before its channels are registered', async () => {
    const journal = memoryJournal();
    const refuses = {
      ...journal,
      saveStarts: async () => {
        throw new JournalError('failed', 'OTSServerBusy', 'Server is busy.');
      },
    };

    const report = await watch(portsOver(refuses), aTick('one'));
    const again = await watch(portsOver(journal), aTick('two'));

    expect(report).toMatchObject({ ok: false, scopes: [{ ok: false, changes: 0 }] });
    expect(report.scopes[0]?.error).toMatch(/^OTSServerBusy/);
    // The baseline was not committed behind the channel's back: it is announced now.
    expect(again).toMatchObject({ ok: true, channels: [{ messages: 1, backlog: 0 }] });
  });

  it('skips a scope that another tick is at work on, and is well', async () => {
    const journal = memoryJournal();
    await journal.lease(SCOPE, { owner: 'other', untilMs: START_MS + 20_000 }, START_MS);

    const tick = { ...aTick('mine'), deadlineMs: START_MS + 10_000 };
    const report = await watch(portsOver(journal), tick);

    expect(report).toMatchObject({
      ok: true,
      scopes: [{ ok: true, calls: 0, changes: 0 }],
      notes: [`${SCOPE.key}: another tick is at work on this scope`],
    });
  });

  it('that outlives its lease leaves its calls to no other run: those of both are counted', async () => {
    const journal = memoryJournal();
    const memory = newMemory();
    const reports = [await watch(portsOver(journal), { ...aTick('first'), memory })];
    const slow = portsOver(journal);
    const page: Inventory['page'] = async (...query) => {
      await slow.runtime.sleep(11_000);
      const beside = { ...portsOver(journal), runtime: slow.runtime };
      reports.push(await watch(beside, aTick('beside')));
      return inventory.page(...query);
    };

    const ports = { ...slow, inventory: { ...inventory, page } };
    reports.push(await watch(ports, { ...aTick('slow'), memory }));

    const calls = reports.map(({ scopes }) => scopes[0]?.calls ?? 0);
    expect(calls.slice(1)).toEqual([1, 1]);
    const sum = calls.reduce((one, other) => one + other);
    expect(callsOf((await journal.head(SCOPE)) ?? {})?.calls).toBe(sum);
  });

  it('reads the head again if another run has left its calls there since', async () => {
    const journal = memoryJournal();
    const [own, others] = [newMemory(), newMemory()];
    const reads: number[] = [];
    for (const [index, memory] of [own, own, others, own].entries()) {
      journal.calls.length = 0;
      await watch(portsOver(journal), { ...aTick(`tick-${index}`), memory });
      reads.push(journal.calls.filter((call) => call === `head ${SCOPE.key}`).length);
    }

    // A run that remembers nothing reads it before it asks for the lease; the first one finds none.
    expect(reads).toEqual([2, 0, 1, 1]);
  });

  it('names a channel that was served and is no longer configured, in every report', async () => {
    const journal = memoryJournal();
    await watch(portsOver(journal), aTick('one'));
    const elsewhere = { ...NEW_CHANNEL, version: 1, cursor: { 'main/other': { seq: 1, part: 0 } } };
    await journal.moveChannel('of-other-scopes', undefined, elsewhere);
    const ports = { ...portsOver(journal), channels: [{ ...channel, name: 'new' }] };
    const { memory } = aTick('two');

    const cold = await watch(ports, { ...aTick('two'), memory });
    const readsAfterCold = journal.calls.filter((call) => call === 'channels').length;
    const warm = await watch(ports, { ...aTick('three'), memory });

    const note = expect.stringMatching(
      /^channel chat was served before and is no longer configured/u,
    );
    expect([cold, warm]).toMatchObject([
      { ok: true, notes: [note] },
      { ok: true, notes: [note] },
    ]);
    expect(journal.calls.filter((call) => call === 'channels')).toHaveLength(readsAfterCold);
  });

  it('pings the heartbeat after a good tick and only then', async () => {
    const pings: string[] = [];
    const journal = memoryJournal();
    const ports = {
      ...portsOver(journal),
      heartbeat: async () => void pings.push('ping'),
    };

    await watch(ports, aTick('good'));
    await watch({ ...ports, inventory: { ...inventory, page: fails } }, aTick('bad'));

    expect(pings).toEqual(['ping']);
  });

  it('sends a channel everything again after its journal was emptied', async () => {
    const journal = memoryJournal();
    await watch(portsOver(journal), aTick('one'));
    journal.expire(SCOPE, 1);

    const report = await watch(portsOver(journal), aTick('two'));

    // The new baseline has the number of the commit that was delivered last.
    expect(report).toMatchObject({ ok: true, scopes: [{ seq: 1 }], channels: [{ messages: 1 }] });
  });

  it('does not begin a message that would be given up at once, and labels none as a repeat', async () => {
    const journal = memoryJournal();
    const sent: Message[] = [];
    const chat: Channel = {
      ...channel,
      send: async (message) => {
        sent.push(message);
        return { kind: 'delivered' };
      },
    };
    const ports = { ...portsOver(journal), channels: [chat] };
    const slow: Ports['journal'] = {
      ...journal,
      moveChannel: async (name, before, after) => {
        if (after.claim !== null) await ports.runtime.sleep(48_200);
        return journal.moveChannel(name, before, after);
      },
    };

    const late = await watch({ ...ports, journal: slow }, aTick('late'));
    const next = await watch({ ...portsOver(journal), channels: [chat] }, aTick('next'));

    expect(late.channels).toEqual([
      { channel: 'chat', messages: 0, changes: 0, outcome: 'waiting', backlog: 1 },
    ]);
    expect(next.channels).toMatchObject([{ messages: 1, backlog: 0 }]);
    expect(sent).toMatchObject([{ isRepeat: false }]);
  });
});

async function fails(): Promise<never> {
  const { InventoryError } = await import('../../shared/ports/inventory.ts');
  throw new InventoryError('refused', 'Forbidden.RAM', 'denied');
}
