import { startEcs } from '../../local/ecs/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import { lostStartsOf } from '../../shared/delivery/register.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import { type Head, type Journal, JournalError } from '../../shared/ports/journal.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { watch } from '../../shared/watch/watch.ts';
import { aChannel } from '../delivery/deliveries.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const DAMAGE = {
  starts: { error: new JournalError('corrupt', 'Spoiled', 'spoiled'), text: '{"slack":0}' },
};

it('sends what a channel waits for, although its row was never written and the starts are spoiled', async () => {
  const ecs = await startEcs({ accessKeys: [LOCAL_KEYS], fleetSize: 5 });
  const runtime = virtualRuntime(NOW_MS);
  const inventory = ecsInventory({
    credentials: LOCAL_KEYS,
    endpoint: ecs.url,
    runtime,
    redact: (text) => text,
  });
  const channel = aChannel('slack');
  const run = async (tickId: string, journal: Journal): Promise<void> => {
    const startMs = runtime.now();
    const tick = {
      tickId,
      scopes: [SCOPE],
      callsPerMinute: 1_000,
      guard: GUARD_LIMITS,
      startMs,
      deadlineMs: startMs + 57_000,
      memory: newMemory(),
    };
    await watch({ inventory, journal, channels: [channel], runtime }, tick);
    await runtime.sleep(MINUTE_MS);
  };
  const journal = memoryJournal();
  const busy = async () => Promise.reject(new JournalError('failed', 'OTSServerBusy', 'busy'));
  try {
    await run('cannot-write-the-row', { ...journal, moveChannel: busy });
    expect(channel.sent).toEqual([]);
    let isSpoiled = true;
    const head = async () => {
      const stored = await journal.head(SCOPE);
      if (stored === undefined || !isSpoiled) return stored;
      isSpoiled = false;
      return { ...stored, starts: {}, unreadable: DAMAGE };
    };
    await run('finds-the-starts-spoiled', {
      ...journal,
      head: async (scope) => (scope.key === SCOPE.key ? head() : journal.head(scope)),
    });

    expect(channel.sent.flatMap(({ commits }) => commits.map(({ seq }) => seq))).toEqual([1]);
  } finally {
    await ecs.close();
  }
});

describe('where a channel without a position begins when the starts are spoiled', () => {
  const at = (health: Partial<Head['health']>, checkpointSeq?: number): number | undefined =>
    lostStartsOf({
      checkpoint:
        checkpointSeq === undefined ? null : { seq: checkpointSeq, parts: 1, writer: 'a-tick' },
      health: { ...NEW_HEALTH, ...health },
      starts: {},
      unreadable: DAMAGE,
    })?.seq;

  it('is the lowest start of the last tick, if a channel was without one then', () => {
    expect(at({ seq: 9, unservedSeq: 4 }, 9)).toBe(4);
  });

  it('is the last commit of that tick, even if a checkpoint was stored after it', () => {
    expect(at({ seq: 9 }, 12)).toBe(9);
  });

  it('is the checkpoint where the health is lost, too', () => {
    expect(at({}, 12)).toBe(12);
  });
});
