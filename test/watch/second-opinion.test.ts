import type { Scope } from '../../shared/core/model.ts';
import { openBudget } from '../../shared/watch/budget.ts';
import type { Scan } from '../../shared/watch/core/listing.ts';
import { pacedFleet } from '../../shared/watch/fleet.ts';
import { createPacer } from '../../shared/watch/pacer.ts';
import { opinionOnVanished } from '../../shared/watch/second-opinion.ts';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { withServer } from '../helpers/http-server.ts';
import { DEADLINE_MS, inventoryAt } from '../helpers/inventory.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const EMPTY_SCAN: Scan = {
  statuses: new Map(),
  failure: null,
  inconsistency: null,
  clean: true,
  pages: 1,
  nextPage: null,
  isCut: false,
  lastPage: null,
  totalCount: 0,
  isSteady: true,
};

describe('a second opinion on instances that vanished, when nothing is listed any more', () => {
  it.each<[string, Scope, string | null]>([
    ['everything in a region', SCOPE, null],
    ['everything in a zone', { ...SCOPE, zoneId: 'cn-hangzhou-h' }, null],
    // DescribeInstances would show the instances of other clusters.
    ['the vanished of a cluster', { ...SCOPE, clusterId: 'cl-1' }, '["i-1"]'],
    ['the vanished of a list', { ...SCOPE, instanceIds: ['i-1', 'i-2'] }, '["i-1"]'],
  ])('asks for %s', async (_what, scope, expected) => {
    const asked: unknown[] = [];
    await withServer(
      ({ url = '' }, response) => {
        asked.push(new URL(url, 'http://localhost').searchParams.get('InstanceIds'));
        response.end('{"Instances":{"Instance":[]}}');
      },
      async (endpoint) => {
        const runtime = virtualRuntime(NOW_MS);
        const pace = { budget: openBudget(100, NOW_MS, undefined), deadlineMs: DEADLINE_MS };
        const fleet = pacedFleet(inventoryAt(endpoint), scope, createPacer(pace, runtime));

        await opinionOnVanished(fleet, ['i-1'], { scan: EMPTY_SCAN, known: 10 });
      },
    );

    expect(asked).toEqual([expected]);
  });
});
