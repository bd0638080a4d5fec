import { callsOf } from '../../shared/core/health.ts';
import { refreshReadings } from '../../shared/view/reading.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { SCOPE } from '../helpers/examples.ts';
import { journalOf } from '../helpers/journal-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const STATUS_ONLY = ['DescribeInstanceStatus'];

describe('what ticks count', () => {
  let product: Product;
  beforeEach(async () => {
    product = await startProduct({ fleetSize: 120, seed: 5 });
  });
  afterEach(() => product.close());

  it.each([
    ['one warm function', 1],
    ['two warm functions in turns', 2],
    ['functions that have just started', 6],
  ])('is neither lost nor counted twice by %s, throttled or failing', async (_, count) => {
    const functions = Array.from({ length: count }, () => product.anotherWatch());
    const reports: WatchReport[] = [];
    const totals: object[] = [];
    const faults = [
      [],
      [],
      [{ kind: 'throttle' as const, operations: STATUS_ONLY, probability: 0.3 }],
      [{ kind: 'denied' as const, operations: STATUS_ONLY }],
      [],
      [],
    ];
    for (const [index, each] of faults.entries()) {
      product.cloud.ecs.setFaults(each);
      if (index === 2)
        await product.stopInstances([...(await stored()).instances.keys()].slice(-3));
      const run = functions[index % count];
      if (run !== undefined) reports.push(await run());
      const head = await journalOf(product).head(SCOPE);
      totals.push((head && callsOf(head)) ?? {});
    }

    const sums = (field: 'calls' | 'throttles' | 'changes') =>
      reports.map((_, index) =>
        reports.slice(0, index + 1).reduce((sum, { scopes }) => sum + (scopes[0]?.[field] ?? 0), 0),
      );
    const [calls, throttles] = [sums('calls'), sums('throttles')];
    expect(totals).toEqual(
      calls.map((count, index) => ({ calls: count, throttles: throttles[index] })),
    );
    expect(throttles.at(-1)).toBeGreaterThan(0);
    expect((await stored()).changeCount).toBe(sums('changes').at(-1));
    expect(sums('changes').at(-1)).toBeGreaterThanOrEqual(3);
  });

  async function stored() {
    const [reading] = await refreshReadings(journalOf(product), [SCOPE], new Map());
    if (reading === undefined) throw new RangeError('there is no scope');
    return reading.snapshot;
  }
});
