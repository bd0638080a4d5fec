import { NEW_HEALTH } from '../../shared/core/health.ts';
import type { Details, Snapshot } from '../../shared/core/model.ts';
import { type Inventory, InventoryError } from '../../shared/ports/inventory.ts';
import { GUARD_LIMITS } from '../../shared/watch/core/guard.ts';
import { openFleet } from '../../shared/watch/fleet.ts';
import { newMemory } from '../../shared/watch/memory.ts';
import { refreshDetails } from '../../shared/watch/refresh-details.ts';
import type { RecordedScope } from '../../shared/watch/scope-result.ts';
import { anInstance, MINUTE_MS, NOW_MS, SCOPE } from '../helpers/examples.ts';
import { memoryJournal } from '../helpers/memory-journal.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const RENAMED = { instanceId: 'i-1', before: { name: 'old' }, after: { name: 'new' } };

describe('the slow round over the details', () => {
  it('finds what has changed once an hour has passed', async () => {
    const { result, asked } = await refreshed({ callsPerMinute: 10 });

    expect(asked).toEqual([['i-1']]);
    expect(result.detailsRound).toMatchObject({ after: 'i-1', uncommitted: [RENAMED] });
  });

  it('sends nothing while what is left of the budget is less than the tick has used', async () => {
    const scarce = await refreshed({ callsPerMinute: 2 });
    const later = await refreshed({ callsPerMinute: 2, periodMs: MINUTE_MS });

    expect(scarce.asked).toEqual([]);
    expect(later.asked).toEqual([['i-1']]);
  });

  it.each([
    ['was throttled', { page: failing('throttled', 'Throttling.User') }],
    ['could not read every page', { scanFailure: 'ECONNRESET' }],
    ['got no details for what has changed', { names: 'Forbidden.RAM' }],
    ['was overtaken', { isOvertaken: true }],
  ])('sends nothing in a tick that %s', async (_what, parts) => {
    const { asked } = await refreshed({ callsPerMinute: 100, ...parts });

    expect(asked).toEqual([]);
  });

  it.each([
    [
      'a denial',
      failing('refused', 'Forbidden.RAM'),
      'names are not kept up to date: Forbidden.RAM',
    ],
    ['a throttle', failing('throttled', 'Throttling.User'), null],
    ['a reset', failing('transient', 'ECONNRESET'), null],
    ['an answer out of shape', failing('malformed', 'MalformedAnswer'), null],
  ])('asks once, and goes on, after %s', async (_what, details, note) => {
    const { result, asked } = await refreshed({ callsPerMinute: 100, details });

    expect(asked).toHaveLength(1);
    expect(result).toMatchObject({
      refreshNote: note,
      detailsRound: { after: 'i-1', uncommitted: [] },
    });
  });
});

interface Circumstances {
  readonly callsPerMinute: number;
  readonly periodMs?: number;
  readonly page?: InventoryError;
  readonly details?: InventoryError;
  readonly scanFailure?: string;
  readonly names?: string;
  readonly isOvertaken?: boolean;
}

/** One page was asked for; then the round of an hour is due. */
async function refreshed(circumstances: Circumstances) {
  const { callsPerMinute, periodMs, scanFailure = null, names = null } = circumstances;
  const asked: (readonly string[])[] = [];
  const page = { statuses: new Map([['i-1', 'Running']]), rows: 1, totalCount: 1, pageSize: 50 };
  const inventory: Inventory = {
    page: async () => orThrow(page, circumstances.page),
    regionIds: async () => [],
    byIds: async () => page,
    async details(_scope, ids) {
      asked.push(ids);
      return orThrow(new Map<string, Details>([['i-1', { name: 'new' }]]), circumstances.details);
    },
    secondOpinion: async () => 'agrees',
    mayLook: async () => true,
  };
  const runtime = virtualRuntime(NOW_MS);
  const ports = { inventory, journal: memoryJournal(), channels: [], runtime };
  const tick = {
    tickId: 'tick-1',
    scopes: [SCOPE],
    callsPerMinute,
    guard: GUARD_LIMITS,
    startMs: NOW_MS,
    deadlineMs: NOW_MS + 40_000,
    memory: newMemory(),
  };
  const fleet = openFleet(ports, tick, SCOPE, {});
  await fleet.page(1).catch(() => undefined);
  const instances = new Map([['i-1', anInstance({ name: 'old' })]]);
  const after: Snapshot = { seq: 1, baselined: true, instances, released: new Map() };
  const result = {
    kind: 'recorded',
    scope: SCOPE,
    fleet,
    after,
    isOvertaken: circumstances.isOvertaken ?? false,
    scan: { failure: scanFailure },
    namesNote: names,
    nextHealth: { health: { ...NEW_HEALTH, ...(periodMs !== undefined && { periodMs }) } },
    detailsRound: { after: '', coveredUntilMs: 0, committedAtMs: NOW_MS, uncommitted: [] },
    refreshNote: null,
  } as unknown as RecordedScope;
  return { result: (await refreshDetails(ports, tick, result)) as RecordedScope, asked };
}

function failing(kind: InventoryError['kind'], code: string): InventoryError {
  return new InventoryError(kind, code, 'so the test decided');
}

function orThrow<T>(value: T, error: InventoryError | undefined): T {
  if (error !== undefined) throw error;
  return value;
}
