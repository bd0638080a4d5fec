import type { LocalServer } from '../../../local/server.ts';
import type { Product } from '../../helpers/product.ts';
import { HANGZHOU, openApi, popCore } from '../../local/ecs/clients.ts';
import {
  libcloudParameters,
  REPLICA_KEY,
  replicaHandler,
  type ServedReplica,
  serve,
  serveReplica,
  startSignedProduct,
} from './helpers.ts';

const ACTION = 'DescribeInstanceStatus';
const TOKEN = 'the token of the view';

let product: Product;
let replica: ServedReplica;
beforeAll(async () => {
  product = await startSignedProduct({ fleetSize: 3 });
  for (let minute = 0; minute < 3; minute += 1) await product.tick();
  replica = await serveReplica(product);
});
afterAll(async () => {
  await replica.close();
  await product.close();
});

const call = (parameters: Readonly<Record<string, string>> = {}) =>
  new URLSearchParams(
    libcloudParameters({ Format: 'JSON', Action: ACTION, RegionId: HANGZHOU, ...parameters }),
  );

async function asked(address: string, init?: RequestInit) {
  const answer = await fetch(`${replica.url}${address}`, init);
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

describe('without a key pair', () => {
  let off: LocalServer;
  beforeAll(async () => {
    off = await serveReplica(product, { VIEW_PUBLIC: 'true' });
  });
  afterAll(() => off.close());

  it.each([
    ['openapi-client', () => openApi(off, REPLICA_KEY)(ACTION, { RegionId: HANGZHOU })],
    ['pop-core', () => popCore(off, 'POST', REPLICA_KEY)(ACTION, { RegionId: HANGZHOU })],
  ])('the user of %s reads how to switch the replica on', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({
      code: 'InvalidApi.NotFound',
      data: {
        Message: expect.stringMatching(/REPLICA_ACCESS_KEY_ID and REPLICA_ACCESS_KEY_SECRET/u),
      },
    });
  });

  it('it is 404, in XML too', async () => {
    const answer = await fetch(`${off.url}/?Action=${ACTION}`);

    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      404,
      'text/xml;charset=utf-8',
    ]);
    expect(await answer.text()).toContain('<Code>InvalidApi.NotFound</Code>');
  });
});

describe('what is a call of the API', () => {
  it.each([
    ['an action in the query', `/?Action=${ACTION}&Format=JSON`, {}],
    ['another action', '/?Action=StopInstance&Format=JSON', {}],
    ['a form', '/', { method: 'POST', body: new URLSearchParams({ Action: ACTION }) }],
    ['a header', '/', { method: 'POST', headers: { 'x-acs-action': ACTION } }],
  ])(
    '%s: it is answered as ECS does, whatever the view is for others',
    async (_, address, init) => {
      const { status, body } = await asked(address, init);

      expect(status).toBeGreaterThanOrEqual(400);
      expect(body).toMatch(/Code/u);
    },
  );

  it.each([
    ['no action', '/', { method: 'POST' }, 405],
    ['another address', `/instances?Action=${ACTION}`, {}, 403],
    ['OPTIONS', `/?Action=${ACTION}`, { method: 'OPTIONS' }, 204],
    ['a form of another type', '/', { method: 'POST', body: `Action=${ACTION}` }, 405],
  ])('and what is not: %s', async (_, address, init, status) => {
    expect((await asked(address, init)).status).toBe(status);
  });

  it('another method is refused as ECS does, and another version', async () => {
    expect((await asked(`/?${call()}`, { method: 'HEAD' })).status).toBe(403);
    expect(await asked(`/?Action=${ACTION}&Version=2016-01-01&Format=JSON`)).toMatchObject({
      status: 404,
      body: expect.stringContaining('InvalidApi.NotFound'),
    });
  });
});

describe('an answer', () => {
  it('has the id of the request, the age of its rows and no cache', async () => {
    const { status, headers, body } = await asked(`/?${call()}`);

    const { RequestId, TotalCount } = JSON.parse(body);
    expect([status, TotalCount]).toEqual([200, 3]);
    expect(RequestId).toBe(headers.get('x-request-id')?.toUpperCase());
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-ecs-watch-stale')).toBe('false');
    expect(Number(headers.get('x-ecs-watch-age-seconds'))).toBeGreaterThanOrEqual(90);
    expect(Number(headers.get('x-ecs-watch-age-seconds'))).toBeLessThan(150);
  });

  it('is in XML where V1 names no format', async () => {
    const { body } = await asked(`/?${call({ Format: '' })}`);

    expect(body).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?><DescribeInstanceStatusResponse>/u,
    );
  });

  it('is given once: the same request again is a replay', async () => {
    const address = `/?${call()}`;

    expect((await asked(address)).status).toBe(200);
    expect(await asked(address)).toMatchObject({
      status: 400,
      body: expect.stringContaining('SignatureNonceUsed'),
    });
  });

  it('is refused to a request that is 16 minutes old', async () => {
    const old = new Date(product.clock.now() - 16 * 60_000).toISOString().replace(/\.\d+/u, '');

    expect((await asked(`/?${call({ Timestamp: old })}`)).body).toContain(
      'InvalidTimeStamp.Expired',
    );
  });
});

it('the token of the view opens no call, and the key pair opens nothing else', async () => {
  const both = await serveReplica(product, {
    VIEW_TOKEN: TOKEN,
    REPLICA_ACCESS_KEY_ID: REPLICA_KEY.accessKeyId,
    REPLICA_ACCESS_KEY_SECRET: REPLICA_KEY.accessKeySecret,
  });
  const authorization = `Bearer ${TOKEN}`;

  const answers = await Promise.all([
    fetch(`${both.url}/?Action=${ACTION}`, { headers: { authorization } }),
    fetch(`${both.url}/instances?${call()}`),
    fetch(`${both.url}/?${call()}`),
  ]);

  await both.close();
  // Without a version, there is no such API.
  expect(answers.map(({ status }) => status)).toEqual([404, 401, 200]);
});

it('clients may sign the configured host, where the platform passes on another', async () => {
  const named = {
    REPLICA_ACCESS_KEY_ID: REPLICA_KEY.accessKeyId,
    REPLICA_ACCESS_KEY_SECRET: REPLICA_KEY.accessKeySecret,
  };
  let host = '';
  const passing = await serve(() => {
    const handler = replicaHandler(product, [], { ...named, REPLICA_HOST: host });
    return (event, context) => {
      const parts = JSON.parse(event.toString());
      parts.headers = { ...parts.headers, Host: 'view.of-the-platform' };
      return handler(Buffer.from(JSON.stringify(parts)), context);
    };
  });
  const ask = () => openApi(passing, REPLICA_KEY)(ACTION, { RegionId: HANGZHOU });

  await expect(ask()).rejects.toMatchObject({
    code: 'SignatureDoesNotMatch',
    data: { Message: expect.stringContaining('host:view.of-the-platform') },
  });
  host = `127.0.0.1:${passing.port}`;
  await expect(ask()).resolves.toMatchObject({ TotalCount: 3 });
  await passing.close();
});

it.each([
  ['a broken configuration', { TABLESTORE_INSTANCE: '?' }, 500, 'InternalError'],
  ['a store that refuses the view', { TABLESTORE_INSTANCE: 'another' }, 503, 'ServiceUnavailable'],
])(
  '%s is a failure in the shape of ECS, and shows nothing of it',
  async (_, broken, status, code) => {
    const logs: string[] = [];
    const pair = {
      REPLICA_ACCESS_KEY_ID: REPLICA_KEY.accessKeyId,
      REPLICA_ACCESS_KEY_SECRET: REPLICA_KEY.accessKeySecret,
    };
    const view = replicaHandler(product, logs, { ...pair, ...broken });
    const server = await serve(() => view);

    const answer = await fetch(`${server.url}/?${call()}`);
    const body = JSON.parse(await answer.text());

    await server.close();
    expect({ status: answer.status, code: body.Code }).toEqual({ status, code });
    expect(JSON.stringify(body) + logs.join()).not.toContain(REPLICA_KEY.accessKeySecret);
    expect(JSON.parse(logs[0] ?? '')).toMatchObject({
      level: 'error',
      problem: expect.any(String),
    });
  },
);
