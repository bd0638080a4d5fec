import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Scope } from '../../shared/core/model.ts';
import { type OpenedJournal, registerChannels } from '../../shared/delivery/register.ts';
import { type Journal, JournalError } from '../../shared/ports/journal.ts';
import { aCommit, aScope, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { aChannel, aRun, portsOver } from './deliveries.ts';

const SHANGHAI = aScope('cn-shanghai');
const CHANNELS = [aChannel('slack'), aChannel('webhook')];

describe('registering channels', () => {
  let journal: MemoryJournal;
  beforeEach(() => {
    journal = memoryJournal();
  });

  it('stores where they begin in the head row of each scope, and touches no channel’s row', async () => {
    await register(journal, [opened(SCOPE, 4), opened(SHANGHAI, 7)]);

    expect(await startsOf(SCOPE)).toEqual({ slack: 4, webhook: 4 });
    expect(await startsOf(SHANGHAI)).toEqual({ slack: 7, webhook: 7 });
    expect(journal.calls.filter((call) => call.startsWith('moveChannel'))).toEqual([]);
  });

  it('reads and writes nothing once it is warm', async () => {
    const run = aRun('one');
    const { starts } = await register(journal, [opened(SCOPE, 4)], run);
    journal.calls.length = 0;

    const warm = opened(SCOPE, 9, starts.get(SCOPE.key));
    await register(journal, [warm], { ...run, tickId: 'two' });

    expect(journal.calls).toEqual([]);
  });

  it('of two ticks at once agrees on one start', async () => {
    const slow = opened(SCOPE, 4);
    await register(journal, [opened(SCOPE, 3)], aRun('other'));

    const agreed = { slack: 3, webhook: 3 };
    expect(await register(journal, [slow], aRun('slow'))).toEqual({
      starts: new Map([[SCOPE.key, agreed]]),
      failures: new Map(),
    });
    expect(await startsOf(SCOPE)).toEqual(agreed);
  });

  it('removes a start that the channel’s cursor has taken over', async () => {
    await register(journal, [opened(SCOPE, 4)]);
    const cursor = { [SCOPE.key]: { seq: 5, part: 0 } };
    await journal.moveChannel('slack', undefined, { ...NEW_CHANNEL, version: 1, cursor });

    await register(journal, [opened(SCOPE, 5, await startsOf(SCOPE))]);

    expect(await startsOf(SCOPE)).toEqual({ webhook: 4 });
  });

  it('removes it in a warm function, too, so that a row that is deleted begins at the end', async () => {
    const run = aRun('one');
    await register(journal, [opened(SCOPE, 4)], run);
    const cursor = { [SCOPE.key]: { seq: 9, part: 0 } };
    const served = { ...NEW_CHANNEL, version: 1, cursor };
    await journal.moveChannel('slack', undefined, served);
    run.memory.channels.set('slack', served);

    const { starts } = await register(journal, [opened(SCOPE, 9, await startsOf(SCOPE))], run);
    journal.removeChannel('slack');
    run.memory.channels.delete('slack');
    await register(journal, [opened(SCOPE, 12, starts.get(SCOPE.key))], run);

    expect(await startsOf(SCOPE)).toEqual({ slack: 12, webhook: 4 });
  });

  it('sets back both a cursor and a start that are past the end of a journal cut short', async () => {
    await journal.append(aCommit({ seq: 1 }));
    const cursor = { [SCOPE.key]: { seq: 9, part: 0 }, [SHANGHAI.key]: { seq: 2, part: 0 } };
    await journal.moveChannel('slack', undefined, { ...NEW_CHANNEL, version: 1, cursor });
    await journal.saveStarts(SCOPE, {}, { webhook: 9 });

    await register(journal, [opened(SCOPE, 1, { webhook: 9 })]);

    expect(await startsOf(SCOPE)).toEqual({ webhook: 1 });
    expect((await journal.channel('slack'))?.cursor).toEqual({
      [SCOPE.key]: { seq: 1, part: 0 },
      [SHANGHAI.key]: { seq: 2, part: 0 },
    });
  });

  it('leaves alone what another run has delivered since this one looked', async () => {
    await journal.append(aCommit({ seq: 1 }));
    await journal.append(aCommit({ seq: 2 }));
    const cursor = { [SCOPE.key]: { seq: 2, part: 0 } };
    const state = { ...NEW_CHANNEL, version: 1, cursor };
    await journal.moveChannel('slack', undefined, state);

    await register(journal, [opened(SCOPE, 1)]);

    expect(await journal.channel('slack')).toEqual(state);
  });

  it('fails for one scope alone when its head row cannot be written', async () => {
    const busy: Journal = {
      ...journal,
      saveStarts: async (scope, before, after) => {
        if (scope.key === SCOPE.key) throw new JournalError('failed', 'OTSServerBusy', 'busy');
        return journal.saveStarts(scope, before, after);
      },
    };

    const { failures } = await register(busy, [opened(SCOPE, 4), opened(SHANGHAI, 7)]);

    expect([...failures.keys()]).toEqual([SCOPE.key]);
    expect(await startsOf(SHANGHAI)).toEqual({ slack: 7, webhook: 7 });
  });

  it.each(['failed', 'corrupt'] as const)(
    'fails for no scope when a channel’s row cannot be had (%s)',
    async (kind) => {
      const failing: Journal = {
        ...journal,
        channel: async (name) => {
          if (name === 'slack') throw new JournalError(kind, 'Code', 'message');
          return journal.channel(name);
        },
      };
      const run = aRun('tick-1');

      const { failures } = await register(failing, [opened(SCOPE, 4), opened(SHANGHAI, 7)], run);

      expect(failures.size).toBe(0);
      expect(await startsOf(SCOPE)).toEqual({ slack: 4, webhook: 4 });
      // It is not remembered, so that its delivery reads it again and reports it.
      expect([...run.memory.channels.keys()]).toEqual(['webhook']);
    },
  );

  it('replaces starts that cannot be read by the commit that the last tick ended with', async () => {
    await journal.saveStarts(SCOPE, {}, { slack: 2 });
    const lost = { ...opened(SCOPE, 9), lostStarts: { text: '{"slack":2}', seq: 7 } };

    const { starts } = await register(journal, [lost]);

    expect(starts.get(SCOPE.key)).toEqual({ slack: 7, webhook: 7 });
    expect(await startsOf(SCOPE)).toEqual({ slack: 7, webhook: 7 });
  });

  it('begins at the end of a journal that is shorter than the health said', async () => {
    await register(journal, [{ ...opened(SCOPE, 4), lostStarts: { text: null, seq: 7 } }]);

    expect(await startsOf(SCOPE)).toEqual({ slack: 4, webhook: 4 });
  });

  it('reads nothing when no scope could be opened', async () => {
    await register(journal, [{ scope: SCOPE, lastSeq: null, starts: {} }]);

    expect(journal.calls).toEqual([]);
  });

  async function startsOf(scope: Scope) {
    return (await journal.head(scope))?.starts;
  }
});

function opened(scope: Scope, lastSeq: number, starts: OpenedJournal['starts'] = {}) {
  return { scope, lastSeq, starts };
}

function register(journal: Journal, journals: readonly OpenedJournal[], run = aRun('tick-1')) {
  return registerChannels(portsOver(journal, CHANNELS, NOW_MS), run, journals);
}
