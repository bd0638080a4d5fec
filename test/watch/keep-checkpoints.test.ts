import { type EcsServer, startEcs } from '../../local/ecs/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import { type Journal, JournalError } from '../../shared/ports/journal.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { watch } from '../../shared/watch/watch.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { type MemoryJournal, memoryJournal } from '../helpers/memory-journal.ts';
import { type VirtualRuntime, virtualRuntime } from '../helpers/virtual-runtime.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;

describe('the tick that stores a checkpoint', () => {
  let ecs: EcsServer;
  let runtime: VirtualRuntime;
  let journal: MemoryJournal;
  beforeEach(async () => {
    runtime = virtualRuntime(NOW_MS);
    ecs = await startEcs({ accessKeys: [LOCAL_KEYS], fleetSize: 4, clock: runtime.clock });
    journal = memoryJournal();
  });
  afterEach(() => ecs.close());

  it('keeps it, last of all', async () => {
    const memory = newMemory();
    const kept: (number | undefined)[] = [];
    for (let day = 0; day < 4; day += 1) {
      await tickAfterChange(memory);
      journal.calls.length = 0;
      await tickAfterChange(memory, DAY_MS);
      kept.push((await journal.keptUntil(SCOPE, 1e9))?.seq);
    }

    expect(kept).toEqual([2, 4, 6, 8]);
    expect(journal.calls.filter((call) => /save|keep|ping/u.test(call))).toEqual([
      `saveCheckpoint ${SCOPE.key}`,
      `saveHealth ${SCOPE.key}`,
      'ping',
      `keepCheckpoint ${SCOPE.key}`,
    ]);
  });

  it('keeps no other one on the same day', async () => {
    const memory = newMemory();
    const kept: unknown[] = [];
    for (const waitMs of [MINUTE_MS, MINUTE_MS, DAY_MS]) {
      // So many changes make a checkpoint due.
      await tickAfterChange(memory, waitMs, journal, 2_000);
      const { checkpoint } = (await journal.head(SCOPE)) ?? {};
      kept.push([checkpoint?.seq, (await journal.keptUntil(SCOPE, 1e9))?.seq]);
    }

    expect(kept).toEqual([
      [1, 1],
      [3, 1],
      [5, 5],
    ]);
  });

  it('reads and writes nothing for it on another tick', async () => {
    const memory = newMemory();
    await tickAfterChange(memory);
    journal.calls.length = 0;

    await tickAfterChange(memory);

    expect(journal.calls.filter((call) => /kept|keep/u.test(call))).toEqual([]);
    expect(journal.calls).toContain(`append ${SCOPE.key}`);
  });

  it('is a good tick even where it cannot be kept, says so, and the next checkpoint is kept', async () => {
    const failing: Journal = {
      ...journal,
      keepCheckpoint: async () => {
        throw new JournalError('failed', 'OTSServerBusy', 'the server is busy');
      },
    };
    const memory = newMemory();
    await tickAfterChange(memory, 0, failing);

    const report = await tickAfterChange(memory, DAY_MS, failing);

    expect(report).toMatchObject({
      ok: true,
      notes: [
        `${SCOPE.key}: the checkpoint of the day was not kept: OTSServerBusy: the server is busy`,
      ],
    });
    expect((await journal.head(SCOPE))?.checkpoint?.seq).toBe(2);
    await tickAfterChange(memory);
    await tickAfterChange(memory, DAY_MS);
    expect(await journal.keptUntil(SCOPE, 1e9)).toMatchObject({ seq: 4 });
  });

  it('does not begin to keep it when its time is over', async () => {
    const slow: Journal = {
      ...journal,
      saveHealth: async (...saving) => {
        const saved = await journal.saveHealth(...saving);
        runtime.clock.advance(MINUTE_MS);
        return saved;
      },
    };
    const memory = newMemory();
    await tickAfterChange(memory);

    const { notes } = await tickAfterChange(memory, DAY_MS, slow);

    expect(notes).toEqual(['no time was left to keep the checkpoints of the day']);
    expect(journal.calls).not.toContain(`keepCheckpoint ${SCOPE.key}`);
  });

  let ticks = 0;
  async function tickAfterChange(
    memory: ReturnType<typeof newMemory>,
    waitMs = MINUTE_MS,
    over: Journal = journal,
    appearing = 1,
  ): Promise<WatchReport> {
    runtime.clock.advance(waitMs);
    ecs.fleet.create('cn-hangzhou', appearing);
    ticks += 1;
    const startMs = runtime.now();
    const inventory = ecsInventory({
      credentials: LOCAL_KEYS,
      endpoint: ecs.url,
      runtime,
      redact: (text) => text,
    });
    const heartbeat = async () => {
      journal.calls.push('ping');
    };
    return watch(
      { inventory, journal: over, channels: [], runtime, heartbeat },
      {
        tickId: `tick-${ticks}`,
        scopes: [SCOPE],
        callsPerMinute: 1_000,
        guard: GUARD_LIMITS,
        startMs,
        deadlineMs: startMs + 57_000,
        memory,
      },
    );
  }
});
