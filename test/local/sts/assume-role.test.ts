import OpenApi, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';
import RpcClient from '@alicloud/pop-core';
import { type ManualClock, manualClock } from '../../../local/clock.ts';
import { LOCAL_KEYS, type LocalCloud, startLocalCloud } from '../../../local/index.ts';
import { openApi } from '../ecs/clients.ts';

const ROLE = { arn: 'acs:ram::2000000000000002:role/watched', externalId: 'external-id-2' };
const OPEN_ROLE = { arn: 'acs:ram::3000000000000003:role/watched' };
const NOW_MS = Date.UTC(2026, 10, 22, 10, 5);

let cloud: LocalCloud;
let clock: ManualClock;
beforeAll(async () => {
  clock = manualClock(NOW_MS);
  cloud = await startLocalCloud({
    clock,
    fleetSize: 1,
    accounts: [
      { role: ROLE, fleetSize: 2 },
      { role: OPEN_ROLE, fleetSize: 3, regions: ['cn-shanghai'] },
    ],
  });
});
afterAll(() => cloud.close());

type Query = Readonly<Record<string, string>>;

/** @alicloud/openapi-client as it is. */
async function byOpenApi(query: Query) {
  const client = new OpenApi(
    new Config({ ...LOCAL_KEYS, endpoint: `127.0.0.1:${cloud.sts.port}`, protocol: 'http' }),
  );
  const params = new Params({
    action: 'AssumeRole',
    version: '2015-04-01',
    protocol: 'HTTP',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    pathname: '/',
    reqBodyType: 'formData',
    bodyType: 'json',
  });
  const runtime = {} as Parameters<OpenApi['callApi']>[2];
  const { body } = await client.callApi(params, new OpenApiRequest({ query }), runtime);
  return body;
}

/** @alicloud/pop-core, which signs with V1. */
function byPopCore(query: Query): Promise<Record<string, Record<string, string>>> {
  const client = new RpcClient({
    ...LOCAL_KEYS,
    endpoint: cloud.sts.url,
    apiVersion: '2015-04-01',
    opts: { timeout: 30_000 },
  });
  return client.request('AssumeRole', query, { method: 'POST' });
}

const GOOD = { RoleArn: ROLE.arn, RoleSessionName: 'alice', ExternalId: ROLE.externalId };

describe.each([
  ['openapi-client', byOpenApi],
  ['pop-core', byPopCore],
])('AssumeRole by %s', (_name, assume) => {
  it('gives keys of the role, for an hour', async () => {
    expect(await assume(GOOD)).toEqual({
      RequestId: expect.any(String),
      AssumedRoleUser: {
        Arn: `${ROLE.arn}/alice`,
        AssumedRoleId: expect.stringMatching(/:alice$/u),
      },
      Credentials: {
        AccessKeyId: expect.stringMatching(/^STS\./u),
        AccessKeySecret: expect.any(String),
        SecurityToken: expect.any(String),
        Expiration: '2026-11-22T11:05:00Z',
      },
    });
  });

  it.each([
    ['a role that is not there', { RoleArn: `${ROLE.arn}-2` }, 'EntityNotExist.Role'],
    ['another external id', { ExternalId: 'another' }, 'NoPermission'],
    ['no external id', { ExternalId: '' }, 'NoPermission'],
    ['a malformed ARN', { RoleArn: 'acs:ram:2:role/x' }, 'InvalidParameter.RoleArn'],
    ['a malformed name', { RoleSessionName: 'a b' }, 'InvalidParameter.RoleSessionName'],
    ['too short a time', { DurationSeconds: '60' }, 'InvalidParameter.DurationSeconds'],
    ['too long a time', { DurationSeconds: '7200' }, 'InvalidParameter.DurationSeconds'],
    ['no role', { RoleArn: '' }, 'MissingParameter'],
  ])('refuses %s', async (_what, change: Query, code) => {
    await expect(assume({ ...GOOD, ...change })).rejects.toMatchObject({ code });
  });
});

describe('the keys of a role', () => {
  const idsWith = async (arn: string, RegionId: string) => {
    const call = openApi(cloud.ecs, await keysOf(arn));
    const page = await call('DescribeInstanceStatus', { RegionId, PageSize: 50 });
    return page.InstanceStatuses?.InstanceStatus.map(({ InstanceId }) => InstanceId);
  };

  async function keysOf(arn: string) {
    const { Credentials } = await byOpenApi({ ...GOOD, RoleArn: arn });
    return {
      accessKeyId: Credentials.AccessKeyId,
      accessKeySecret: Credentials.AccessKeySecret,
      securityToken: Credentials.SecurityToken,
    };
  }

  it('open the fleet of its account, and no other', async () => {
    const [own, second, third] = [
      cloud.ecs.fleet.instances('cn-hangzhou'),
      cloud.ecs.fleetOf('2000000000000002').instances('cn-hangzhou'),
      cloud.ecs.fleetOf('3000000000000003').instances('cn-shanghai'),
    ].map((instances) => instances.map(({ id }) => id));

    expect(await idsWith(ROLE.arn, 'cn-hangzhou')).toEqual(second);
    expect(await idsWith(OPEN_ROLE.arn, 'cn-shanghai')).toEqual(third);
    await expect(idsWith(OPEN_ROLE.arn, 'cn-hangzhou')).rejects.toMatchObject({
      code: 'InvalidRegionId.NotFound',
    });
    expect(new Set([...(own ?? []), ...(second ?? []), ...(third ?? [])]).size).toBe(6);
  });

  it('may be hit by faults of their account alone', async () => {
    cloud.ecs.setFaults([{ kind: 'denied', accounts: ['own', '3000000000000003'] }]);
    const own = openApi(cloud.ecs, LOCAL_KEYS);

    const seen = await idsWith(ROLE.arn, 'cn-hangzhou');

    expect(seen).toHaveLength(2);
    for (const refused of [
      () => idsWith(OPEN_ROLE.arn, 'cn-shanghai'),
      () => own('DescribeInstanceStatus', { RegionId: 'cn-hangzhou' }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 'Forbidden.RAM' });
    }
    cloud.ecs.setFaults([]);
  });

  it('are refused once the hour is over, and once the role is gone', async () => {
    const ask = openApi(cloud.ecs, await keysOf(OPEN_ROLE.arn));
    const status = () => ask('DescribeInstanceStatus', { RegionId: 'cn-shanghai' });
    await status();

    clock.advance(3_600_000);
    await expect(status()).rejects.toMatchObject({ code: 'InvalidSecurityToken.Expired' });
    cloud.sts.directory.removeRole(OPEN_ROLE.arn);

    await expect(status()).rejects.toMatchObject({ code: 'InvalidAccessKeyId.NotFound' });
  });
});
