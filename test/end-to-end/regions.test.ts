import { createHandler } from '../../functions/view/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { MINUTE_MS } from '../helpers/examples.ts';
import { type Product, startProduct } from '../helpers/product.ts';
import { rowsOfProduct } from '../helpers/stored-rows.ts';

const REGIONS = ['cn-hangzhou', 'cn-shanghai', 'eu-central-1', 'us-west-1'];
const ALL = { WATCH_REGIONS: 'all' };
const HOUR_MS = 60 * MINUTE_MS;

describe('an account of which all regions are watched', () => {
  let product: Product;
  let tick: () => Promise<WatchReport>;
  beforeEach(async () => {
    product = await startProduct({ regions: REGIONS });
    tick = product.anotherWatch(ALL);
    product.cloud.ecs.fleet.create('cn-hangzhou', 12);
    product.cloud.ecs.fleet.create('eu-central-1', 3);
    product.clock.advance(MINUTE_MS);
  });
  afterEach(() => product.close());

  it('is announced in one line, without its empty regions', async () => {
    const report = await tick();

    expect(report).toMatchObject({ ok: true, notes: [] });
    expect(report.scopes.map(({ scope, instances }) => [scope, instances])).toEqual([
      ['main/cn-hangzhou', 12],
      ['main/cn-shanghai', 0],
      ['main/eu-central-1', 3],
      ['main/us-west-1', 0],
    ]);
    const [message = '', ...others] = product.received('slack');
    expect(others).toEqual([]);
    expect(message).toContain('Watching 15 instances in 2 regions from now on.');
    expect(message).toContain('main/cn-hangzhou, main/eu-central-1 · ');
    expect(scopesOfEvents(product)).toEqual(['main/cn-hangzhou', 'main/eu-central-1']);
  });

  it('has its empty regions looked at every five minutes, which makes them neither stale nor unhealthy', async () => {
    await tick();
    const shanghaiAt: (string | undefined)[] = [];
    for (let minute = 1; minute <= 10; minute += 1) {
      const report = await tick();

      expect(report.ok).toBe(true);
      expect(report.scopes.map(({ healthy }) => healthy)).toEqual([true, true, true, true]);
      shanghaiAt.push(report.scopes[1]?.lookedAt?.slice(11, 16));
    }

    // The first look was at 10:06; the ones that follow are of the tick itself.
    expect(shanghaiAt).toEqual([
      ...Array(4).fill('10:06'),
      undefined,
      ...Array(4).fill('10:11'),
      undefined,
    ]);
  });

  it('costs a tick no more than the regions that are looked at, and no list of regions', async () => {
    const named = product.anotherWatch({ WATCH_REGIONS: 'cn-hangzhou,eu-central-1' });
    await ticks(named, 2);
    const { units } = await named();
    await ticks(tick, 2);
    const before = product.cloud.ecs.usage.calls;

    const report = await tick();

    const { calls } = product.cloud.ecs.usage;
    expect(report.units).toEqual(units);
    expect(calls.DescribeRegions).toBe(1);
    expect(calls.DescribeInstanceStatus).toBe((before.DescribeInstanceStatus ?? 0) + 2);
  });

  it('has the first instance of a region announced, and the region with it', async () => {
    await tick();
    const [instance] = product.cloud.ecs.fleet.create('us-west-1', 1);
    product.cloud.channels.inbox.clear();

    const reports = await ticks(tick, 6);

    const [message = '', ...others] = product.received('slack');
    expect(others).toEqual([]);
    expect(message).toContain('Watching 1 instance from now on.');
    expect(message).toContain(instance?.id);
    expect(reports.at(-1)?.scopes[3]).toMatchObject({ scope: 'main/us-west-1', instances: 1 });
    expect(reports.at(-1)?.scopes[3]).not.toHaveProperty('lookedAt');
  });

  it('goes by the stored list in a cold function, and when no list can be had', async () => {
    await tick();
    product.clock.advance(2 * HOUR_MS);
    product.cloud.ecs.setFaults([{ kind: 'denied', operations: ['DescribeRegions'] }]);

    const cold = await product.anotherWatch(ALL)();

    expect(cold).toMatchObject({ ok: true });
    expect(cold.scopes).toHaveLength(4);
    expect(cold.notes).toEqual([
      expect.stringMatching(
        /^main: its regions could not be listed again: Forbidden.RAM: .*allow/u,
      ),
    ]);
    product.cloud.ecs.setFaults([]);
    expect((await product.anotherWatch(ALL)()).notes).toEqual([]);
    expect((await product.anotherWatch(ALL)()).notes).toEqual([]);
    expect(product.cloud.ecs.usage.calls.DescribeRegions).toBe(3);
  });

  it('fails aloud while its regions have never been listed', async () => {
    product.cloud.ecs.setFaults([{ kind: 'denied', operations: ['DescribeRegions'] }]);

    const report = await tick();

    expect(report).toMatchObject({ ok: false, scopes: [] });
    expect(report.notes).toEqual([
      expect.stringMatching(/^main: its regions could not be listed/u),
    ]);
    product.cloud.ecs.setFaults([]);
    expect((await tick()).scopes).toHaveLength(4);
  });

  it('keeps the regions that were named until all can be listed', async () => {
    await product.anotherWatch({ WATCH_REGIONS: 'cn-hangzhou' })();
    product.cloud.ecs.setFaults([{ kind: 'denied', operations: ['DescribeRegions'] }]);

    const report = await tick();

    expect(report.ok).toBe(false);
    expect(report.scopes).toMatchObject([{ scope: 'main/cn-hangzhou', instances: 12, changes: 0 }]);
    expect(report.notes[0]).toContain('only cn-hangzhou watched meanwhile');
  });

  it('is watched without the regions that are denied', async () => {
    const allowed = {
      ...ALL,
      WATCH_REGIONS_ALLOW: 'cn-*,mars-1',
      WATCH_REGIONS_DENY: '*-shanghai',
    };
    const narrowed = product.anotherWatch(allowed);

    const reports = [await narrowed(), await narrowed()];

    expect(reports[0]?.scopes.map(({ scope }) => scope)).toEqual(['main/cn-hangzhou']);
    expect(reports.map(({ notes }) => notes)).toEqual([
      ['main: mars-1 is allowed or denied, but matches no region'],
      [],
    ]);
  });

  it('is announced as not watched, once, while no region of it is left', async () => {
    const mistyped = product.anotherWatch({ ...ALL, WATCH_REGIONS_ALLOW: 'mars-*' });
    const reports = [await mistyped(), await mistyped(), await mistyped()];
    const after = await tick();

    expect(reports.map(({ ok }) => ok)).toEqual([false, false, false]);
    expect(after.ok).toBe(true);
    const messages = product.received('slack').join('\n');
    expect(messages.match(/main cannot be watched \(no region is left/gu)).toHaveLength(1);
    await tick();
    expect(product.received('slack').join('\n')).toMatch(/The account main is watched again/u);
  });

  it('is shown by a view that was given no regions', async () => {
    const before = await ask(product, '/healthz');
    await tick();
    product.clock.advance(MINUTE_MS);

    const health = await ask(product, '/healthz');
    const fleet = await ask(product, '/instances');

    expect(before.statusCode).toBe(503);
    expect(health.statusCode).toBe(200);
    expect(JSON.parse(health.body).scopes).toMatchObject([
      { scope: 'main/cn-hangzhou' },
      { scope: 'main/cn-shanghai', rests: true, stale: false },
      { scope: 'main/eu-central-1' },
      { scope: 'main/us-west-1', rests: true, stale: false },
    ]);
    expect(JSON.parse(fleet.body)).toMatchObject({ total: 15 });
  });

  it('is watched on when the stored list is damaged, and the damage is named and repaired', async () => {
    await tick();
    const rows = rowsOfProduct(product);
    await rows.putState('watcher', 'scopes', { list: '{"scopes":[{"key":7}]}' });
    const logs: string[] = [];
    const own = { WATCH_REGIONS: 'cn-hangzhou' };
    const shown = await ask(product, '/instances', own, logs);

    const cold = await product.anotherWatch(ALL)();

    const named = 'list.scopes[0].key is 7';
    expect(JSON.parse(shown.body)).toMatchObject({ total: 12 });
    expect(logs.join()).toContain(named);
    expect(cold).toMatchObject({ ok: true });
    expect(cold.notes.join()).toContain(named);
    expect((await product.anotherWatch(ALL)()).notes).toEqual([]);
  });

  it('has what a channel missed of an empty region sent while the region rests', async () => {
    await tick();
    product.cloud.ecs.setFaults([{ kind: 'denied', regions: ['us-west-1'] }]);
    const failing = await ticks(tick, 7);
    product.cloud.ecs.setFaults([]);
    product.cloud.channels.setFaults('slack', [{ kind: 'answer', status: 500, times: 1 }]);
    await tick();
    const before = product.received('slack').join();

    const after = await ticks(tick, 2);

    expect(failing.map(({ ok }) => ok)).toEqual([...Array(4).fill(true), ...Array(3).fill(false)]);
    expect(before).not.toContain('Scans work again');
    expect(after.every(({ scopes }) => scopes[3]?.lookedAt !== undefined)).toBe(true);
    expect(product.received('slack').join()).toContain('Scans work again');
  });

  it('does not hide behind its empty regions that the store cannot be used', async () => {
    await tick();
    product.cloud.tablestore.setFaults([{ kind: 'error', code: 'OTSServerBusy' }]);

    await ticks(tick, 3);

    expect(product.received('slack').join()).toContain('cannot be used');
  });

  it('does not hide behind its empty regions that ticks were missed', async () => {
    await ticks(tick, 2);
    product.clock.advance(6 * MINUTE_MS);

    await tick();

    expect(product.received('slack').at(-1)).toContain('Ticks are recorded again');
  });

  it('has a damaged list replaced by a warm function within an hour', async () => {
    await tick();
    await rowsOfProduct(product).putState('watcher', 'scopes', { list: 'x' });

    const soon = await tick();
    product.clock.advance(HOUR_MS);
    const later = await tick();

    expect(soon.notes).toEqual([]);
    expect(later.notes.join()).toContain('cannot be read and is replaced: list is not JSON');
    expect(JSON.parse((await ask(product, '/instances')).body)).toMatchObject({ total: 15 });
  });
});

async function ticks(tick: () => Promise<WatchReport>, count: number) {
  const reports: WatchReport[] = [];
  while (reports.length < count) reports.push(await tick());
  return reports;
}

function scopesOfEvents(product: Product): readonly string[] {
  return product.received('webhook').map((body) => JSON.parse(body).data.scope);
}

/** What a cold view answers; without variables it knows only where the journal is. */
function ask(
  { environment, runtime }: Product,
  path: string,
  variables: Readonly<Record<string, string>> = {},
  logs: string[] = [],
) {
  const { TABLESTORE_ENDPOINT = '', TABLESTORE_INSTANCE = '' } = environment;
  const journal = { TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE, VIEW_PUBLIC: 'true' };
  const view = createHandler({ ...journal, ...variables }, (line) => logs.push(line), runtime);
  const event = {
    version: 'v1',
    rawPath: path,
    headers: {},
    queryParameters: {},
    body: '',
    isBase64Encoded: false,
    requestContext: { requestId: 'r', http: { method: 'GET', path } },
  };
  return view(Buffer.from(JSON.stringify(event)), { credentials: LOCAL_KEYS });
}
