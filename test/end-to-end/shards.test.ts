import { scanHandler, type WatchHandler, watchHandler } from '../../functions/watch/index.ts';
import { type FunctionRuntime, startInvokeApi } from '../../local/fc/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import type { LocalServer } from '../../local/server.ts';
import type { WatchReport } from '../../shared/watch/report.ts';
import { MINUTE_MS } from '../helpers/examples.ts';
import { functionOf } from '../helpers/function-of.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const REGIONS = [
  ...['cn-hangzhou', 'cn-shanghai', 'cn-beijing', 'cn-shenzhen', 'cn-qingdao', 'cn-chengdu'],
  ...['eu-central-1', 'eu-west-1', 'us-west-1', 'us-east-1', 'ap-southeast-1', 'ap-southeast-5'],
];
const CONTEXT = { credentials: LOCAL_KEYS, function: { timeout: 50 }, region: 'cn-hangzhou' };

describe('twelve regions, through the official client and both functions', () => {
  let product: Product;
  let api: LocalServer;
  let functions: Map<string, FunctionRuntime>;
  let watch: WatchHandler;
  let environment: Readonly<Record<string, string>>;
  let shards: string[];
  beforeAll(async () => {
    product = await startProduct({ regions: REGIONS, fleetSize: 2 });
    shards = [];
    functions = new Map();
    api = await startInvokeApi({
      find: (name) => functions.get(name),
      accessKeys: [LOCAL_KEYS],
      clock: { now: Date.now },
    });
    environment = {
      ...product.environment,
      WATCH_REGIONS: REGIONS.join(),
      FUNCTIONS_ENDPOINT: api.url,
    };
    const write = (line: string): void => void product.logs.push(line);
    const scan = scanHandler(environment, write, product.runtime);
    functions.set(
      'ecs-watch-scan',
      functionOf((event) => {
        shards.push(event.toString());
        return scan(event, CONTEXT);
      }),
    );
    watch = watchHandler(environment, write, product.runtime);
  });
  afterAll(async () => {
    await api.close();
    await product.close();
  });

  const tick = async (handler = watch): Promise<WatchReport> => {
    const report = await handler(Buffer.from('{}'), CONTEXT);
    product.clock.advance(MINUTE_MS);
    return report;
  };

  it('are scanned by two shards, and announced in one message', async () => {
    const report = await tick();

    expect(report).toMatchObject({ ok: true, notes: [] });
    expect(report.scopes.map(({ scope, instances, seq }) => [scope, instances, seq])).toEqual(
      REGIONS.map((region) => [`main/${region}`, 2, 1]),
    );
    expect(shards).toHaveLength(2);
    expect(product.received('slack')).toHaveLength(1);
    expect(product.received('slack')[0]).toContain('Watching 24 instances in 12 regions');
    expect(product.received('webhook')).toHaveLength(12);
  });

  it('have a change delivered once, with what the shard has read', async () => {
    const [instance] = product.cloud.ecs.fleet.instances('eu-west-1');
    product.cloud.ecs.fleet.release([instance?.id ?? '']);

    const report = await tick();

    expect(report.scopes.filter(({ changes }) => changes > 0)).toMatchObject([
      { scope: 'main/eu-west-1', ok: true, changes: 1 },
    ]);
    expect(product.received('webhook')).toHaveLength(13);
    expect(await tick()).toMatchObject({ ok: true });
    expect(product.received('webhook')).toHaveLength(13);
  });

  it('are named with the words of Function Compute when there is no function for them', async () => {
    const others = { ...environment, ECS_WATCH_NAME: 'shop-test' };
    const stray = watchHandler(others, () => undefined, product.runtime);
    const before = product.received('webhook').length;

    const report = await tick(stray);

    expect(report.ok).toBe(false);
    expect(report.scopes.every(({ changes }) => changes === 0)).toBe(true);
    expect(product.received('webhook')).toHaveLength(before);
    expect(report.scopes[0]?.error).toMatch(
      /^its shard did not start: there is no function shop-test-scan: npm run deploy makes it; FunctionNotFound/u,
    );
  });

  it('are not touched by an order of another environment, nor by a stranger', async () => {
    const other = { ...environment, ECS_WATCH_NAME: 'shop-test' };
    const scan = functions.get('ecs-watch-scan') as FunctionRuntime;
    functions.set('shop-test-scan', scan);
    const requests = () => JSON.stringify(product.cloud.tablestore.usage.requests);
    const before = requests();

    const stranger = await scan.invoke(Buffer.from('{"ver":"2.0","name":"Instance:StateChange"}'));
    const elsewhere = await scan.invoke(
      Buffer.from((shards[0] ?? '').replace('main/cn-', 'main/xx-')),
    );
    const after = requests();
    const misled = await tick(watchHandler(other, () => undefined, product.runtime));

    expect(stranger).toMatchObject({ error: { errorType: 'OrderError' } });
    expect(elsewhere).toMatchObject({
      error: { errorMessage: expect.stringContaining('main/xx-') },
    });
    expect(after).toBe(before);
    expect(misled.scopes[0]?.error).toMatch(
      /^its shard did not start: OrderError: the order is of the environment "shop-test", and this function is of "ecs-watch"/u,
    );
  });
});
