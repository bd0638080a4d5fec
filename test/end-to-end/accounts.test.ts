import { parseWatchFile } from '../../commands/watch-file/read.ts';
import { createHandler } from '../../functions/view/index.ts';
import { LOCAL_KEYS } from '../../local/index.ts';
import { createDirectory } from '../../local/sts/directory.ts';
import { deadAddress } from '../helpers/http-server.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const FACTORY = { arn: 'acs:ram::2000000000000002:role/watched', externalId: 'external-id-2' };
const SHOP = { arn: 'acs:ram::3000000000000003:role/watched' };
const START_MS = Date.UTC(2026, 10, 22, 10, 5);
const HOUR_MS = 3_600_000;
const FILE = parseWatchFile(
  `
accounts:
  - alias: factory
    roleArn: ${FACTORY.arn}
    externalId: ${FACTORY.externalId}
    regions: [cn-hangzhou, cn-shanghai]
  - alias: shop
    roleArn: ${SHOP.arn}
    regions: [cn-hangzhou]
`,
  'watch.yaml',
);

let product: Product;
beforeEach(async () => {
  const accounts = [
    { role: FACTORY, fleetSize: 3 },
    { role: SHOP, fleetSize: 4 },
  ];
  const regions = ['cn-hangzhou', 'cn-shanghai'];
  product = await startProduct({ fleetSize: 2, regions, accounts }, START_MS, FILE);
});
afterEach(() => product.close());

/** Every event of the webhook, as `scope notice account` or `scope instance from to`. */
function events(): readonly string[] {
  return product.received('webhook').flatMap((body) => {
    const { data } = JSON.parse(body);
    if (data.notice !== undefined)
      return [[data.scope, data.notice, data.account ?? ''].join(' ').trim()];
    return data.changes.map((change: { readonly from: string; readonly to: string }) =>
      [data.scope, change.from, change.to].join(' '),
    );
  });
}

async function newEvents(ticks: number): Promise<readonly string[]> {
  const before = events().length;
  for (let tick = 0; tick < ticks; tick += 1) await product.tick();
  return events().slice(before);
}

const ALL = [
  'main/cn-hangzhou',
  'main/cn-shanghai',
  'factory/cn-hangzhou',
  'factory/cn-shanghai',
  'shop/cn-hangzhou',
];

it('watches each account with keys of its own, and a budget for each account and region', async () => {
  const report = await product.tick();

  expect(report).toMatchObject({ ok: true });
  expect(report.scopes.map(({ scope, instances }) => [scope, instances])).toEqual(
    ALL.map((scope) => [scope, scope.startsWith('main') ? 2 : scope.startsWith('shop') ? 4 : 3]),
  );
  expect(product.cloud.sts.calls).toBe(2);
  // The keys are kept.
  await product.tick();
  expect(product.cloud.sts.calls).toBe(2);
});

it('watches all regions of an account whose alias every object knows', async () => {
  const file = parseWatchFile(
    `accounts: [{ alias: constructor, roleArn: '${SHOP.arn}', regions: all }]`,
    'watch.yaml',
  );
  await product.close();
  const accounts = [{ role: SHOP, fleetSize: 4 }];
  product = await startProduct({ regions: ['cn-hangzhou'], accounts }, START_MS, file);

  // The first tick asks for the list of regions, the second one has it stored.
  for (const _ of ['first', 'second']) {
    const report = await product.anotherWatch()();
    const [, scope] = report.scopes;
    expect(scope).toMatchObject({ scope: 'constructor/cn-hangzhou', ok: true, instances: 4 });
  }
});

it('announces a role that is gone once, and its return, and touches no other account', async () => {
  await product.tick();
  product.cloud.sts.directory.removeRole(FACTORY.arn);
  const [instance] = product.cloud.ecs.fleetOf('3000000000000003').instances('cn-hangzhou');
  product.cloud.ecs.fleetOf('3000000000000003').stop([instance?.id ?? '']);
  product.clock.advance(60_000);

  const whileGone = await newEvents(6);

  expect(whileGone).toEqual(
    expect.arrayContaining(['watcher account-failing factory', 'shop/cn-hangzhou Running Stopped']),
  );
  expect(whileGone).toHaveLength(2);
  const report = await product.tick();
  expect(report.scopes.map(({ scope, ok }) => [scope, ok])).toEqual(
    ALL.map((scope) => [scope, !scope.startsWith('factory')]),
  );
  expect(report.scopes[2]?.error).toMatch(/^EntityNotExist\.Role: /u);
  product.cloud.sts.directory.putRole(FACTORY);

  expect(await newEvents(4)).toEqual(['watcher account-recovered factory']);
  expect((await product.tick()).ok).toBe(true);
});

it('announces the failure once from many processes, and finds the changes made meanwhile', async () => {
  await product.tick();
  const { directory } = product.cloud.sts;
  directory.putRole({ ...FACTORY, externalId: 'another' });
  product.clock.advance(HOUR_MS);
  const before = events().length;
  for (let tick = 0; tick < 5; tick += 1) await product.anotherWatch()();
  const fleet = product.cloud.ecs.fleetOf('2000000000000002');
  fleet.stop([fleet.instances('cn-shanghai')[0]?.id ?? '']);
  directory.putRole(FACTORY);
  product.clock.advance(60_000);
  for (let tick = 0; tick < 3; tick += 1) await product.anotherWatch()();

  const since = events().slice(before);
  expect(since.filter((event) => event !== 'watcher ticks-resumed')).toEqual(
    expect.arrayContaining([
      'watcher account-failing factory',
      'watcher account-recovered factory',
      'factory/cn-shanghai Running Stopped',
    ]),
  );
  expect(since.filter((event) => event.includes('account'))).toHaveLength(2);
  expect(since.filter((event) => event.includes('scans-'))).toEqual([]);
  expect(product.received('slack').join('\n')).toMatch(/The account factory cannot be watched/u);
});

it('leaves the others their notices: a region that refuses is announced by itself', async () => {
  await product.tick();
  product.cloud.ecs.setFaults([{ kind: 'denied' }]);

  const refused = await newEvents(4);

  expect([...refused].sort()).toEqual(ALL.map((scope) => `${scope} scans-failing`).sort());
});

it('shows accounts, and no role, to the readers of the view, where no channel is configured either', async () => {
  const { environment } = product.cloud.channels;
  const none = Object.fromEntries(Object.keys(environment).map((name) => [name, '']));
  const tick = product.anotherWatch({ ...none, WATCH_SILENT: 'true' });
  await tick();
  product.cloud.sts.directory.removeRole(FACTORY.arn);
  await tick();
  const {
    WATCH_REGIONS = '',
    TABLESTORE_ENDPOINT = '',
    TABLESTORE_INSTANCE = '',
  } = product.environment;
  const view = createHandler(
    { WATCH_REGIONS, TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE, VIEW_PUBLIC: 'true' },
    () => undefined,
    product.runtime,
    FILE,
  );
  const get = async (rawPath: string) => {
    const http = { method: 'GET', path: rawPath };
    const event = {
      version: 'v1',
      rawPath,
      headers: {},
      queryParameters: {},
      requestContext: { http },
    };
    return (await view(Buffer.from(JSON.stringify(event)), { credentials: LOCAL_KEYS })).body;
  };

  expect(JSON.parse(await get('/instances')).instances).toHaveLength(4 + 6 + 4);
  expect(JSON.parse(await get('/changes')).notices[0]).toMatchObject({
    scope: 'watcher',
    notice: 'account-failing',
    account: 'factory',
    reason: expect.stringContaining('EntityNotExist.Role'),
  });
  expect(await get('/changes')).not.toMatch(/acs:ram|external-id-2/u);
});

it('waits for three ticks before it announces that STS does not answer', async () => {
  const tick = product.anotherWatch({ STS_ENDPOINT: await deadAddress() });

  const kinds: (readonly string[])[] = [];
  for (let count = 0; count < 5; count += 1) {
    const before = events().length;
    await tick();
    kinds.push(
      events()
        .slice(before)
        .filter((event) => event.includes('failing')),
    );
  }

  expect(kinds.map(({ length }) => length)).toEqual([0, 0, 2, 0, 0]);
  expect([...(kinds[2] ?? [])].sort()).toEqual([
    'watcher account-failing factory',
    'watcher account-failing shop',
  ]);
});

it('writes no key of a role, even where ECS repeats what it was sent', async () => {
  await product.tick();
  // The same seed gives out the same keys.
  const { key } = createDirectory([], 1, product.clock).issue(FACTORY, 3_600);
  const message = `signed with ${key.accessKeyId} ${key.accessKeySecret} ${key.securityToken}`;
  product.cloud.ecs.setFaults([{ kind: 'error', code: 'Strange', status: 400, message }]);
  for (let tick = 0; tick < 4; tick += 1) await product.tick();

  const written = [...product.logs, ...product.received('webhook')].join('\n');
  expect(written).toContain('signed with [secret] [secret] [secret]');
  for (const secret of Object.values(key)) expect(written).not.toContain(secret);
});
