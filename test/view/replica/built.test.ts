import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../../../commands/bundle.ts';
import { systemClock } from '../../../local/clock.ts';
import { type FunctionRuntime, startFunction, startHttpTrigger } from '../../../local/fc/index.ts';
import { LOCAL_ROLE_KEYS } from '../../../local/index.ts';
import type { LocalServer } from '../../../local/server.ts';
import type { Product } from '../../helpers/product.ts';
import { CLIENTS } from './compared-clients.ts';
import { METHODS, REPLICA_KEY, SWITCH, startSignedProduct } from './helpers.ts';

const REGION = 'cn-hangzhou';
const FLEET = 60;
/** As s.yaml has them. */
const LIMITS = { timeoutSeconds: 30, memoryMb: 512 };

const lines: string[] = [];
let product: Product;
let folder: string;
let view: FunctionRuntime;
let trigger: LocalServer;

/** The baseline is five minutes old by the clock of the machine, which the built function goes by. */
beforeAll(async () => {
  product = await startSignedProduct({ regions: [REGION], fleetSize: FLEET });
  await product.tick();
  product.clock.advance(4 * 60_000);
  await product.tick();
  folder = await mkdtemp(join(tmpdir(), 'ecs-watch-replica-'));
  await bundleFunctions(folder, ['view']);
  const {
    WATCH_REGIONS = '',
    TABLESTORE_ENDPOINT = '',
    TABLESTORE_INSTANCE = '',
  } = product.environment;
  const environment = { WATCH_REGIONS, TABLESTORE_ENDPOINT, TABLESTORE_INSTANCE, ...SWITCH };
  view = startFunction(
    {
      name: 'view',
      codeDir: join(folder, 'view'),
      handler: 'index.handler',
      ...LIMITS,
      environment,
    },
    {
      credentials: LOCAL_ROLE_KEYS,
      region: REGION,
      clock: systemClock,
      onLog: ({ text }) => lines.push(text),
    },
  );
  trigger = await startHttpTrigger({ target: view, methods: METHODS });
}, 60_000);
afterAll(async () => {
  await trigger.close();
  await view.close();
  await product.close();
  await rm(folder, { recursive: true, force: true });
});

it.each(['ecs20140526, ACS3', 'ecs20140526, V1', 'pop-core, GET', 'pop-core, POST'])(
  'the built function answers an unmodified client: %s',
  async (name) => {
    const parameters = { RegionId: REGION, PageSize: '50', PageNumber: '2' };

    const page = await CLIENTS[name]?.(trigger, REPLICA_KEY, parameters);

    const ids = product.cloud.ecs.fleet.instances(REGION).map(({ id }) => id);
    expect({ page, lines }).toMatchObject({ page: { kind: 'page', totalCount: FLEET } });
    const second = ids.sort().slice(50);
    expect(JSON.stringify(page)).toEqual(expect.stringContaining(second[0] ?? 'no id'));
    expect(page).toMatchObject({ rows: second.map((id) => expect.stringContaining(id)) });
    expect(lines.join()).not.toContain(REPLICA_KEY.accessKeySecret);
  },
);
