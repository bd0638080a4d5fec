import type { Scope } from '../../shared/core/model.ts';
import { type Inventory, InventoryError } from '../../shared/ports/inventory.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { openFleet } from '../../shared/watch/fleet.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { aScope, NOW_MS } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const EMPTY_PAGE = { statuses: new Map(), rows: 0, totalCount: 0, pageSize: 50 };

describe('the fleet of a scope', () => {
  it('asks for its own scope, until the deadline for scanning', async () => {
    const { asked, openFor } = aTick();

    await openFor(aScope('cn-hangzhou')).page(7);

    expect(asked).toEqual([[aScope('cn-hangzhou'), 7, NOW_MS + 30_000]]);
  });

  it('shares its budget with scopes of the same account and region, and with no other', async () => {
    const { openFor } = aTick();
    const scope = aScope('cn-hangzhou');

    await openFor(scope).page(1);
    await openFor({ ...scope, key: 'main/cn-hangzhou/a-zone', zoneId: 'a-zone' }).page(1);

    // Two calls a minute: the third has to wait for longer than the tick lasts.
    await expect(openFor(scope).page(1)).rejects.toMatchObject({ code: 'OutOfTime' });
    await expect(openFor(aScope('cn-shanghai')).page(1)).resolves.toEqual(EMPTY_PAGE);
    const other: Scope = { ...scope, key: 'other/cn-hangzhou', account: 'other' };
    await expect(openFor(other).page(1)).resolves.toEqual(EMPTY_PAGE);
  });

  it('sends nothing once it is stopped, and counts only what it has sent', async () => {
    const { asked, openFor } = aTick();
    const fleet = openFor(aScope('cn-hangzhou'));

    await fleet.page(1);
    fleet.stop();

    await expect(fleet.page(2)).rejects.toBeInstanceOf(InventoryError);
    expect(asked).toHaveLength(1);
    expect(fleet.calls).toBe(1);
  });
});

/** A tick with two calls a minute to an empty region, and the page requests that were sent. */
function aTick() {
  const asked: unknown[] = [];
  const inventory: Inventory = {
    page: async (...request) => {
      asked.push(request);
      return EMPTY_PAGE;
    },
    byIds: async () => EMPTY_PAGE,
    details: async () => new Map(),
    secondOpinion: async () => 'agrees',
    mayLook: async () => true,
    regionIds: async () => [],
  };
  const runtime = virtualRuntime(NOW_MS);
  const ports = { inventory, journal: memoryJournal(), channels: [], runtime };
  const tick = {
    tickId: 'tick-1',
    scopes: [],
    callsPerMinute: 2,
    guard: GUARD_LIMITS,
    startMs: NOW_MS,
    deadlineMs: NOW_MS + 40_000,
    memory: newMemory(),
  };
  return { asked, openFor: (scope: Scope) => openFleet(ports, tick, scope, {}) };
}
