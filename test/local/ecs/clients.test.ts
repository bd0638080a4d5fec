import Ecs, {
  DescribeInstanceStatusRequest,
  DescribeInstancesRequest,
  DescribeRegionsRequest,
} from '@alicloud/ecs20140526';
import { type AccessKey, type EcsServer, startEcs } from '../../../local/ecs/index.ts';
import {
  type Call,
  configOf,
  HANGZHOU,
  KEY,
  openApi,
  popCore,
  STS_KEY,
  withEcs,
} from './clients.ts';

const clientsOf = (ecs: EcsServer, key: AccessKey): [string, Call][] => [
  ['openapi-client with V3', openApi(ecs, key)],
  ['openapi-client with V1', openApi(ecs, key, { signatureAlgorithm: 'v2' })],
  ['pop-core by GET', popCore(ecs, 'GET', key)],
  ['pop-core by POST', popCore(ecs, 'POST', key)],
];

let ecs: EcsServer;
beforeAll(async () => {
  ecs = await startEcs({ accessKeys: [KEY, STS_KEY], fleetSize: 60 });
});
afterAll(() => ecs.close());

describe.each([
  ['a permanent key', KEY],
  ['a temporary key', STS_KEY],
])('with %s', (_, key) => {
  it('every official client reads the same page', async () => {
    const expected = ecs.fleet
      .instances(HANGZHOU)
      .slice(50)
      .map(({ id, status }) => ({ InstanceId: id, Status: status }));

    for (const [, call] of clientsOf(ecs, key)) {
      const page = await call('DescribeInstanceStatus', {
        RegionId: HANGZHOU,
        PageNumber: 2,
        PageSize: 50,
      });

      expect(page).toEqual({
        RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
        PageNumber: 2,
        PageSize: 50,
        TotalCount: 60,
        InstanceStatuses: { InstanceStatus: expected },
      });
    }
  });

  it('every official client reads the same error', async () => {
    for (const [, call] of clientsOf(ecs, key)) {
      await expect(call('DescribeInstanceStatus', { RegionId: 'mars-1' })).rejects.toMatchObject({
        code: 'InvalidRegionId.NotFound',
        data: {
          Code: 'InvalidRegionId.NotFound',
          Message: 'The specified RegionId does not exist.',
          HostId: `127.0.0.1:${ecs.port}`,
          RequestId: expect.any(String),
          Recommend: expect.stringContaining('InvalidRegionId.NotFound'),
        },
      });
    }
  });
});

describe('the generated client', () => {
  const generated = (key = KEY) => new Ecs(configOf(ecs, key));

  it('reads statuses by id', async () => {
    const instanceId = ecs.fleet
      .instances(HANGZHOU)
      .slice(0, 12)
      .map(({ id }) => id);

    const { body } = await generated(STS_KEY).describeInstanceStatus(
      new DescribeInstanceStatusRequest({ regionId: HANGZHOU, instanceId, pageSize: 50 }),
    );

    expect(body?.instanceStatuses?.instanceStatus?.map((row) => row.instanceId)).toEqual(
      instanceId,
    );
    expect(body?.totalCount).toBe(12);
  });

  it('reads details in the types of its models', async () => {
    const [first] = ecs.fleet.instances(HANGZHOU);

    const { body } = await generated().describeInstances(
      new DescribeInstancesRequest({ regionId: HANGZHOU, maxResults: 10 }),
    );

    expect(body?.instances?.instance?.[0]).toMatchObject({
      instanceId: first?.id,
      instanceName: first?.name,
      zoneId: first?.zoneId,
      vpcAttributes: { privateIpAddress: { ipAddress: [first?.privateIp] } },
      tags: { tag: first?.tags.map(({ key, value }) => ({ tagKey: key, tagValue: value })) },
    });
  });

  it('reads the regions', async () => {
    const { body } = await generated().describeRegions(new DescribeRegionsRequest({}));

    expect(body?.regions?.region).toEqual([
      expect.objectContaining({ regionId: HANGZHOU, localName: '华东1（杭州）' }),
    ]);
  });

  it('sees that it is throttled, and for how long', () =>
    withEcs({ undocumented: { throttlingStatus: 429, retryAfterMs: 1_500 } }, async (busy) => {
      busy.setFaults([{ kind: 'throttle' }]);

      const refused = new Ecs(configOf(busy, KEY)).describeInstanceStatus(
        new DescribeInstanceStatusRequest({ regionId: HANGZHOU }),
      );

      await expect(refused).rejects.toMatchObject({
        name: 'ThrottlingError',
        statusCode: 429,
        retryAfter: 1_500,
      });
    }));
});
