import type { Message } from '../../shared/core/message.ts';
import { type Inventory, InventoryError } from '../../shared/ports/inventory.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { scanDeadlineMs } from '../../shared/watch/tick.ts';
import { watch } from '../../shared/watch/watch.ts';
import { eventTime } from '../helpers/event-time.ts';
import { aScope, NOW_MS } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';

const HANGING = aScope('cn-beijing');
const WELL = aScope('cn-hangzhou');
const CALL_TIMEOUT_MS = 10_000;

it('a scope that hangs delays the messages about the others until the end of the scan, and no longer', async () => {
  const time = eventTime(NOW_MS, () => 0);
  const sent: { readonly message: Message; readonly atMs: number }[] = [];
  const inventory: Inventory = {
    async page(scope, _pageNumber, deadlineMs) {
      if (scope.key === WELL.key) {
        return { statuses: new Map([['i-1', 'Running']]), rows: 1, totalCount: 1, pageSize: 50 };
      }
      await time.sleep(Math.min(CALL_TIMEOUT_MS, deadlineMs - time.now()));
      throw new InventoryError('transient', 'Timeout', 'no answer');
    },
    byIds: async () => ({ statuses: new Map(), rows: 0, totalCount: 0, pageSize: 50 }),
    details: async () => new Map(),
    secondOpinion: async () => 'agrees',
    mayLook: async () => true,
    regionIds: async () => [],
  };
  const chat = {
    name: 'chat',
    destination: 'chat',
    style: 'digest' as const,
    messagesPerMinute: 18,
    send: async (message: Message) => {
      sent.push({ message, atMs: time.now() });
      return { kind: 'delivered' as const };
    },
  };
  const tick = {
    tickId: 'tick',
    scopes: [HANGING, WELL],
    callsPerMinute: 1_000,
    guard: GUARD_LIMITS,
    startMs: NOW_MS,
    deadlineMs: NOW_MS + 47_000,
    memory: newMemory(),
  };

  let report: WatchReport | undefined;
  const ports = { inventory, journal: memoryJournal(), channels: [chat], runtime: time };
  void watch(ports, tick).then((result) => {
    report = result;
  });
  await time.passUntil(() => report !== undefined);

  expect(report?.scopes.map(({ ok }) => ok)).toEqual([false, true]);
  expect(sent.map(({ message }) => message.commits[0]?.scope)).toEqual([WELL.key]);
  expect(sent[0]?.atMs).toBeLessThanOrEqual(scanDeadlineMs(tick));
});
