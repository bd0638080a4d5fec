import type { Health } from '../../shared/core/health.ts';
import type { Scope } from '../../shared/core/model.ts';
import { type Inventory, InventoryError } from '../../shared/ports/inventory.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { openFleet } from '../../shared/watch/fleet.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { EMPTY_INVENTORY, EMPTY_PAGE } from '../helpers/empty-inventory.ts';
import { aScope, NOW_MS } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

describe('the fleet of a scope', () => {
  it('asks for its own scope, until the deadline for scanning', async () => {
    const { asked, openFor } = aTick();

    await openFor(aScope('cn-hangzhou')).page(7);

    expect(asked).toEqual([[aScope('cn-hangzhou'), 7, NOW_MS + 30_000]]);
  });

  it('divides the budget among scopes of the same account and region, and with no other', () => {
    const scope = aScope('cn-hangzhou');
    const sibling = { ...scope, key: 'main/cn-hangzhou/a-zone', zoneId: 'a-zone' };
    const elsewhere = aScope('cn-shanghai');
    const other: Scope = { ...scope, key: 'other/cn-hangzhou', account: 'other' };
    const { openFor } = aTick([scope, sibling, elsewhere, other]);

    const calls = [scope, sibling, elsewhere, other].map((each) => openFor(each).callsLeft().calls);

    expect(calls).toEqual([1, 1, 2, 2]);
  });

  it('goes on with the calls that the last tick has left, and with those that came since', async () => {
    const { openFor } = aTick();
    const scope = aScope('cn-hangzhou');

    const empty = openFor(scope, { callsLeft: { calls: 0, atMs: NOW_MS } });
    const refilled = openFor(scope, { callsLeft: { calls: 0, atMs: NOW_MS - 30_000 } });
    const ahead = openFor(scope, { callsLeft: { calls: 1, atMs: NOW_MS + 3_600_000 } });

    // Two calls a minute: the first one would come after the time that the tick has for listing.
    await expect(empty.page(1)).rejects.toMatchObject({ code: 'OutOfCalls', kind: 'out-of-time' });
    expect(refilled.callsLeft().calls).toBe(1);
    expect(ahead.callsLeft().calls).toBe(1);
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
function aTick(scopes: readonly Scope[] = []) {
  const asked: unknown[] = [];
  const inventory: Inventory = {
    ...EMPTY_INVENTORY,
    page: async (...request) => {
      asked.push(request);
      return EMPTY_PAGE;
    },
  };
  const runtime = virtualRuntime(NOW_MS);
  const ports = { inventory, journal: memoryJournal(), channels: [], runtime };
  const tick = {
    tickId: 'tick-1',
    scopes,
    callsPerMinute: 2,
    guard: GUARD_LIMITS,
    startMs: NOW_MS,
    deadlineMs: NOW_MS + 40_000,
    memory: newMemory(),
  };
  return {
    asked,
    openFor: (scope: Scope, health: Pick<Health, 'callsLeft'> = {}) =>
      openFleet(ports, tick, scope, health),
  };
}
