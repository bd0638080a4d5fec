import { LOCAL_KEYS } from '../../../local/index.ts';
import { seededRandom } from '../../../local/random.ts';
import { fuzz, type RoundResult } from '../../helpers/fuzz.ts';
import type { Product } from '../../helpers/product.ts';
import { roundsOf } from '../../helpers/rounds.ts';
import { repeated } from '../../local/ecs/clients.ts';
import { BODY_CLIENTS, CLIENTS, type Outcome } from './compared-clients.ts';
import { queryOf, REGIONS, type StatusParameters } from './compared-queries.ts';
import {
  libcloudParameters,
  REPLICA_KEY,
  type ServedReplica,
  serveReplica,
  startSignedProduct,
  tickInPlace,
} from './helpers.ts';

const QUERIES = roundsOf('REPLICA_QUERIES', 20);
/** A soak has many more rounds than an ordinary run. */
const SOAK_TIMEOUT_MS = 60 * 60_000;
const SETTLED_MS = 3 * 60_000;
const [HANGZHOU, , BEIJING] = REGIONS;

let product: Product;
let replica: ServedReplica;

/** The clock of the fleet stops in the middle of changes; the replica is asked three minutes later. */
beforeAll(async () => {
  product = await startSignedProduct({ regions: REGIONS, fleetSize: 120 });
  const { cloud, clock, runtime } = product;
  const { fleet } = cloud.ecs;
  const ids = fleet.instances(HANGZHOU).filter(({ status }) => status === 'Running');
  fleet.release(fleet.instances(BEIJING).map(({ id }) => id));
  await product.tick();
  fleet.stop(ids.slice(0, 20).map(({ id }) => id));
  clock.advance(60_000);
  fleet.stop(ids.slice(20, 30).map(({ id }) => id));
  fleet.start(ids.slice(0, 5).map(({ id }) => id));
  fleet.reboot(ids.slice(30, 35).map(({ id }) => id));
  fleet.release(ids.slice(35, 40).map(({ id }) => id));
  fleet.create(HANGZHOU, 5);
  await tickInPlace(product)();
  const later = { ...runtime, now: () => clock.now() + SETTLED_MS };
  replica = await serveReplica({ ...product, runtime: later });
});
afterAll(async () => {
  await replica.close();
  await product.close();
});

it('the compared state has instances in every status', () => {
  const statuses = product.cloud.ecs.fleet.instances(HANGZHOU).map(({ status }) => status);

  expect([...new Set(statuses)].sort()).toEqual([
    'Pending',
    'Running',
    'Starting',
    'Stopped',
    'Stopping',
  ]);
});

describe.each(Object.keys(CLIENTS))('%s', (name) => {
  it.each<[string, StatusParameters]>([
    ['a page', { RegionId: HANGZHOU, PageSize: '50', PageNumber: '2' }],
    ['the default page', { RegionId: HANGZHOU }],
    ['an empty region', { RegionId: BEIJING }],
    ['the page past the end', { RegionId: HANGZHOU, PageNumber: '1000000' }],
    ['an unknown region', { RegionId: 'mars-1' }],
    ['a page that is too large', { RegionId: HANGZHOU, PageSize: '51' }],
    ['a malformed id', { RegionId: HANGZHOU, 'InstanceId.1': 'web-1' }],
  ])('reads the same of the replica and of ECS: %s', async (_, parameters) => {
    const { what, problems } = await compare(name, parameters);

    expect({ what, problems }).toEqual({ what, problems: [] });
  });

  it('is refused with the codes of ECS when it signs with a wrong key', async () => {
    const ask = (key: typeof REPLICA_KEY) =>
      CLIENTS[name]?.(replica, key, { RegionId: HANGZHOU }) ?? Promise.reject(new Error(name));

    const unknown = await ask({ ...REPLICA_KEY, accessKeyId: 'LTAIsomebodyelse' });
    const wrong = await ask({ ...REPLICA_KEY, accessKeySecret: 'another-secret-of-24-chars' });

    // pop-core looks at no status, only for a code in the body.
    const shows = (status: number) => (name.startsWith('pop-core') ? undefined : status);
    expect(unknown).toMatchObject({ code: 'InvalidAccessKeyId.NotFound', status: shows(404) });
    expect(wrong).toMatchObject({ code: 'SignatureDoesNotMatch', status: shows(400) });
    expect(JSON.stringify([unknown, wrong, replica.logs])).not.toContain(
      REPLICA_KEY.accessKeySecret,
    );
  });
});

it(
  `random queries are answered field by field as ECS answers them (seeds 1 to ${QUERIES})`,
  async () => {
    expect(await fuzz(comparedRound, QUERIES)).toMatchObject({ failures: [], rounds: QUERIES });
  },
  SOAK_TIMEOUT_MS,
);

async function comparedRound(seed: number): Promise<RoundResult> {
  const parameters = queryOf(seed, product);
  const isLong = JSON.stringify(parameters).length > 2_500;
  const names = isLong ? BODY_CLIENTS : Object.keys(CLIENTS);
  return compare(seededRandom(seed).pick(names), parameters);
}

/** Asks both for the same by the same client. */
async function compare(name: string, parameters: StatusParameters): Promise<RoundResult> {
  const { ecs } = product.cloud;
  const client = CLIENTS[name];
  if (client === undefined) throw new RangeError(name);
  const [ours, theirs] = await Promise.all([
    client(replica, REPLICA_KEY, parameters),
    client(ecs, LOCAL_KEYS, parameters),
  ]);
  const expected = theirs.kind === 'page' ? { ...theirs, rows: await rowsOf(parameters) } : theirs;
  const isEqual = JSON.stringify(ours) === JSON.stringify(expected);
  return {
    what: `${name} ${JSON.stringify(parameters)}`.slice(0, 500),
    problems: isEqual ? [] : [`${shown(ours)} instead of ${shown(expected)}`],
  };
}

function shown(outcome: Outcome): string {
  return JSON.stringify(outcome).slice(0, 500);
}

/**
 * The rows of the page in the order of the replica, that of the ids. ECS documents no order; the
 * local one lists the oldest first.
 */
async function rowsOf(parameters: StatusParameters): Promise<readonly string[]> {
  const { PageNumber, PageSize, ...filter } = parameters;
  const size = Number(PageSize || 10);
  const start = (Number(PageNumber || 1) - 1) * size;
  const all: string[] = [];
  for (let number = 1; ; number += 1) {
    const paging = { PageSize: '50', PageNumber: String(number) };
    const page = await CLIENTS['pop-core, POST']?.(product.cloud.ecs, LOCAL_KEYS, {
      ...filter,
      ...paging,
    });
    if (page?.kind !== 'page') throw new Error(JSON.stringify(page));
    all.push(...page.rows);
    if (page.rows.length < 50) return all.sort().slice(start, start + size);
  }
}

describe('100 ids', () => {
  const query = (): StatusParameters => {
    const ids = product.cloud.ecs.fleet.instances(HANGZHOU).map(({ id }) => id);
    return { RegionId: HANGZHOU, PageSize: '50', ...repeated('InstanceId', ids.slice(0, 100)) };
  };
  /** About as long as a real one. No key of a replica has one, but clients may send it all the same. */
  const withToken = () => ({ ...query(), SecurityToken: 'CAIS'.padEnd(400, 'x') });

  it('fit a form, also with a security token', async () => {
    const ask = (parameters: StatusParameters) =>
      CLIENTS['libcloud, POST']?.(replica, REPLICA_KEY, parameters);

    expect(await ask(query())).toMatchObject({ kind: 'page', totalCount: 100 });
    expect(await ask(withToken())).toMatchObject({
      code: 'InvalidSecurityToken.MismatchWithAccessKey',
    });
  });

  it('do not fit an address with a token: Function Compute refuses it before the view', async () => {
    const before = replica.logs.length;
    const call = libcloudParameters({ Action: 'DescribeInstanceStatus', ...withToken() });

    const answer = await fetch(`${replica.url}/?${new URLSearchParams(call)}`);

    expect([answer.status, answer.headers.get('x-fc-error-type')]).toEqual([400, 'FcCommonError']);
    expect(await answer.json()).toEqual({
      Code: 'InvalidArgument',
      Message: 'the path is over 4096 bytes',
    });
    expect(replica.logs).toHaveLength(before);
  });
});
