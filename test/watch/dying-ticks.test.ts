import { startEcs } from '../../local/ecs/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { ecsInventory } from '../../shared/ecs/inventory.ts';
import type { Journal } from '../../shared/ports/journal.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { watch } from '../../shared/watch/watch.ts';
import { MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

it('commits a notice once although each tick dies between its commit and its health', async () => {
  const ecs = await startEcs({ accessKeys: [LOCAL_KEYS], fleetSize: 20 });
  const runtime = virtualRuntime(NOW_MS);
  const inventory = ecsInventory({
    credentials: LOCAL_KEYS,
    endpoint: ecs.url,
    runtime,
    redact: (text) => text,
  });
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
    await watch({ inventory, journal, channels: [], runtime }, tick);
    await runtime.sleep(MINUTE_MS);
  };
  const journal = memoryJournal();
  const dying = { ...journal, saveHealth: async () => Promise.reject(new Error('killed')) };
  try {
    await run('first', journal);
    ecs.setFaults([{ kind: 'empty', operations: ['DescribeInstanceStatus'] }]);
    for (let index = 0; index < 4; index += 1) await run(`dies-${index}`, dying);

    const kinds = (await journal.after(SCOPE, 1, 100)).map(({ notice }) => notice?.kind);
    expect(kinds).toEqual(['suspicious-scan']);
  } finally {
    await ecs.close();
  }
});
