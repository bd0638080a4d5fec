import Ecs, {
  CreateInstanceRequest,
  DescribeInstanceAttributeRequest,
  DescribeInstanceStatusRequest,
  DescribeInstancesRequest,
  DescribeInstanceTypesRequest,
  DescribeRegionsRequest,
  DescribeZonesRequest,
  StartInstanceRequest,
} from '@alicloud/ecs20140526';
import { manualClock } from '../../../local/clock.ts';
import { PENDING_MS, STARTING_MS } from '../../../local/ecs/fleet/lifecycle.ts';
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
  const firstId = () => ecs.fleet.instances(HANGZHOU)[0]?.id ?? '';

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

  it.each<[string, Record<string, string>, () => Promise<{ body?: { toMap(): object } }>]>([
    [
      'DescribeInstanceAttribute',
      { InstanceId: 'first' },
      () =>
        generated().describeInstanceAttribute(
          new DescribeInstanceAttributeRequest({ instanceId: firstId() }),
        ),
    ],
    [
      'DescribeZones',
      { RegionId: HANGZHOU },
      () => generated().describeZones(new DescribeZonesRequest({ regionId: HANGZHOU })),
    ],
    [
      'DescribeInstanceTypes',
      {},
      () => generated().describeInstanceTypes(new DescribeInstanceTypesRequest({})),
    ],
  ])('knows every member of an answer to %s', async (action, query, read) => {
    const named = query.InstanceId === undefined ? query : { InstanceId: firstId() };

    const { RequestId, ...sent } = await openApi(ecs)(action, named);
    const { body } = await read();

    // What its models have no name for, the client drops.
    expect(body?.toMap()).toEqual({ ...sent, RequestId: expect.any(String) });
    expect(RequestId).not.toBe('');
  });

  it('creates an instance that is Stopped until it is started', async () => {
    const clock = manualClock(Date.now());
    await withEcs({ clock }, async (empty) => {
      const client = new Ecs(configOf(empty, KEY));
      const request = new CreateInstanceRequest({
        regionId: HANGZHOU,
        imageId: 'aliyun_3.vhd',
        instanceType: 'ecs.r7.xlarge',
        instanceName: '订单-7',
        zoneId: 'cn-hangzhou-k',
        tag: [{ key: 'env', value: '测试' }],
      });
      const { body } = await client.createInstance(request);
      const instanceId = body?.instanceId ?? '';
      const attribute = async () => {
        const asked = new DescribeInstanceAttributeRequest({ instanceId });
        return (await client.describeInstanceAttribute(asked)).body;
      };

      expect(await attribute()).toMatchObject({
        status: 'Pending',
        instanceName: '订单-7',
        zoneId: 'cn-hangzhou-k',
        cpu: 4,
        memory: 32_768,
        publicIpAddress: { ipAddress: [] },
        eipAddress: { ipAddress: '' },
      });
      clock.advance(PENDING_MS - 1);
      expect((await attribute())?.status).toBe('Pending');
      clock.advance(1);
      expect((await attribute())?.status).toBe('Stopped');
      clock.advance(86_400_000);
      expect((await attribute())?.status).toBe('Stopped');

      await client.startInstance(new StartInstanceRequest({ instanceId }));
      clock.advance(STARTING_MS);
      expect((await attribute())?.status).toBe('Running');
      expect(empty.fleet.find(instanceId)?.tags).toEqual([{ key: 'env', value: '测试' }]);

      for (let times = 0; times < 12; times += 1) await client.createInstance(request);
      const created = empty.fleet.instances(HANGZHOU);
      expect(created.map(({ publicIp, eip }) => publicIp ?? eip)).toEqual(
        Array(13).fill(undefined),
      );
    });
  });

  it('is refused an instance that is not there, and one without a type', async () => {
    const create = (fields: object) =>
      generated().createInstance(new CreateInstanceRequest({ regionId: HANGZHOU, ...fields }));
    const read = (instanceId: string) =>
      generated().describeInstanceAttribute(new DescribeInstanceAttributeRequest({ instanceId }));

    await expect(read('i-bp1gone')).rejects.toMatchObject({ code: 'InvalidInstanceId.NotFound' });
    await expect(read('I-1')).rejects.toMatchObject({ code: 'Abs.InvalidInstanceIds.MalFormed' });
    await expect(create({ imageId: 'a.vhd' })).rejects.toMatchObject({ code: 'MissingParameter' });
    await expect(
      create({ imageId: 'a.vhd', instanceType: 'ecs.g7.large', dryRun: true }),
    ).rejects.toMatchObject({ code: 'DryRunOperation' });
    expect(ecs.fleet.instances(HANGZHOU)).toHaveLength(60);
  });

  it('reads the zones of a region', async () => {
    const zones = async (fields: object) => {
      const request = new DescribeZonesRequest({ regionId: HANGZHOU, ...fields });
      return (await generated().describeZones(request)).body?.zones?.zone ?? [];
    };

    const [first] = await zones({ acceptLanguage: 'en-US' });
    expect(first).toMatchObject({
      zoneId: 'cn-hangzhou-h',
      localName: 'China (Hangzhou) Zone H',
      availableInstanceTypes: { instanceTypes: expect.arrayContaining(['ecs.c7.large']) },
    });
    expect((await zones({ verbose: false })).map((zone) => zone.toMap())).toEqual(
      ['H', 'I', 'J', 'K'].map((letter) => ({
        ZoneId: `cn-hangzhou-${letter.toLowerCase()}`,
        LocalName: `华东1（杭州） 可用区${letter}`,
        ZoneType: 'AvailabilityZone',
      })),
    );
    await expect(zones({ regionId: 'mars-1' })).rejects.toMatchObject({
      code: 'InvalidRegionId.NotFound',
    });
    await expect(zones({ acceptLanguage: 'xx' })).rejects.toMatchObject({
      code: 'InvalidAcceptLanguage.NotFound',
    });
  });

  it('reads instance types, page by page or those that fit, the types of the fleet among them', async () => {
    const page = async (fields: object) => {
      const request = new DescribeInstanceTypesRequest(fields);
      const { body } = await generated().describeInstanceTypes(request);
      const ids = (body?.instanceTypes?.instanceType ?? []).map((type) => type.instanceTypeId);
      return { ids, nextToken: body?.nextToken };
    };

    const all = await page({});
    const first = await page({ maxResults: 5 });
    const second = await page({ maxResults: 100, nextToken: first.nextToken });

    expect(all.nextToken).toBe('');
    expect([...first.ids, ...second.ids]).toEqual(all.ids);
    expect(first.ids).toHaveLength(5);
    const types = new Set(ecs.fleet.instances(HANGZHOU).map(({ instanceType }) => instanceType));
    expect(all.ids).toEqual(expect.arrayContaining([...types]));
    expect((await page({ instanceTypes: ['ecs.g7.large', 'ecs.none'] })).ids).toEqual([
      'ecs.g7.large',
    ]);
    expect((await page({ instanceTypeFamily: 'ecs.r7', minimumCpuCoreCount: 8 })).ids).toEqual([
      'ecs.r7.2xlarge',
      'ecs.r7.4xlarge',
    ]);
    expect((await page({ minimumMemorySize: 3.5, maximumMemorySize: 4 })).ids).toEqual([
      'ecs.c7.large',
    ]);
    await expect(page({ maxResults: 101 })).rejects.toMatchObject({ code: 'InvalidParameter' });
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
