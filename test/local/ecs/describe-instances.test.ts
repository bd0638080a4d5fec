import { manualClock } from '../../../local/clock.ts';
import { type EcsServer, type Page, startEcs } from '../../../local/ecs/index.ts';
import { type Call, HANGZHOU, KEY, openApi } from './clients.ts';

const ACTION = 'DescribeInstances';

let ecs: EcsServer;
let call: Call;
beforeEach(async () => {
  ecs = await startEcs({
    accessKeys: [KEY],
    fleetSize: 230,
    clock: manualClock(Date.parse('2026-11-22T10:00:30Z')),
  });
  call = openApi(ecs);
});
afterEach(() => ecs.close());

const fleet = () => ecs.fleet.instances(HANGZHOU);
const idsOf = (body: Awaited<ReturnType<Call>>) =>
  (body.Instances?.Instance ?? []).map((row) => row.InstanceId);
const ask = (query: object) => call(ACTION, { RegionId: HANGZHOU, ...query });

async function readAll(query: object): Promise<string[]> {
  const ids: string[] = [];
  let token = '';
  do {
    const body = await ask({ ...query, NextToken: token });
    ids.push(...idsOf(body));
    token = body.NextToken ?? '';
  } while (token !== '');
  return ids;
}

describe('a row', () => {
  it('holds what the service shows of an instance', async () => {
    const [instance] = ecs.fleet.create(HANGZHOU, 1, () => ({
      name: '订单服务-7',
      hostName: 'orders-7',
      zoneId: 'cn-hangzhou-h',
      instanceType: 'ecs.g7.2xlarge',
      tags: [{ key: 'env', value: '测试' }],
      spotStrategy: 'NoSpot',
      resourceGroupId: 'rg-bp67acfmxazb4ph',
      privateIp: '172.16.9.9',
      publicIp: '198.18.9.9',
      eip: undefined,
    }));

    const body = await ask({ InstanceIds: JSON.stringify([instance?.id]) });

    expect(body.Instances?.Instance).toEqual([
      {
        InstanceId: instance?.id,
        InstanceName: '订单服务-7',
        HostName: 'orders-7',
        Status: 'Pending',
        RegionId: HANGZHOU,
        ZoneId: 'cn-hangzhou-h',
        ClusterId: instance?.clusterId,
        InstanceType: 'ecs.g7.2xlarge',
        InstanceTypeFamily: 'ecs.g7',
        InstanceChargeType: 'PostPaid',
        SpotStrategy: 'NoSpot',
        StoppedMode: 'Not-applicable',
        ImageId: expect.any(String),
        CreationTime: '2026-11-22T10:00Z',
        StartTime: '2026-11-22T10:00Z',
        ExpiredTime: '2099-12-31T15:59Z',
        AutoReleaseTime: '',
        ResourceGroupId: 'rg-bp67acfmxazb4ph',
        InstanceNetworkType: 'vpc',
        OperationLocks: { LockReason: [] },
        Tags: { Tag: [{ TagKey: 'env', TagValue: '测试' }] },
        VpcAttributes: {
          VpcId: instance?.vpcId,
          VSwitchId: instance?.vSwitchId,
          PrivateIpAddress: { IpAddress: ['172.16.9.9'] },
          NatIpAddress: '',
        },
        PublicIpAddress: { IpAddress: ['198.18.9.9'] },
        EipAddress: { IpAddress: '', AllocationId: '' },
        InnerIpAddress: { IpAddress: [] },
      },
    ]);
  });
});

describe('pages by token', () => {
  it('hold every instance once, until the token is empty', async () => {
    expect(await readAll({ MaxResults: 100 })).toEqual(fleet().map(({ id }) => id));
  });

  it('end with the page that holds the last instance, a full one too', async () => {
    await readAll({ MaxResults: 10 });

    expect(ecs.usage.calls).toEqual({ DescribeInstances: 23 });
  });

  it('hide nothing when instances are released between them', async () => {
    const releaseSome = ({ instances }: Page) =>
      ecs.fleet.release(instances.slice(0, 5).map(({ id }) => id));
    ecs.fleet.onPage(releaseSome);
    const before = fleet().map(({ id }) => id);

    expect(await readAll({ MaxResults: 50 })).toEqual(before);
  });

  it('have a TotalCount that means nothing', async () => {
    expect(await ask({ MaxResults: 50 })).toMatchObject({ TotalCount: 0, PageSize: 50 });
  });

  it.each([
    [1, 10],
    [10, 10],
    [100, 100],
    [500, 100],
  ])('of %i results hold %i', async (maxResults, size) => {
    expect(idsOf(await ask({ MaxResults: maxResults }))).toHaveLength(size);
  });

  it('take no notice of PageNumber', async () => {
    const { NextToken } = await ask({ MaxResults: 10 });

    const body = await ask({ NextToken, PageNumber: 7, PageSize: 50 });

    expect(idsOf(body)).toEqual(
      fleet()
        .slice(10, 20)
        .map(({ id }) => id),
    );
  });

  it('end with a token that no answer held', async () => {
    await expect(ask({ NextToken: 'guess' })).rejects.toMatchObject({ code: 'InvalidParameter' });
  });
});

describe('pages by number', () => {
  it('are of ten when no size is asked for, and count the instances', async () => {
    const body = await ask({ PageNumber: 3 });

    expect(body).toMatchObject({ PageNumber: 3, PageSize: 10, TotalCount: 230, NextToken: '' });
    expect(idsOf(body)).toEqual(
      fleet()
        .slice(20, 30)
        .map(({ id }) => id),
    );
  });

  it.each([{ PageNumber: 0 }, { PageSize: 0 }, { PageSize: 101 }])(
    'are refused with %j',
    async (query) => {
      await expect(ask(query)).rejects.toMatchObject({ code: 'InvalidParameter' });
    },
  );
});

describe('a question about ids', () => {
  it('is answered with those that are there', async () => {
    const [first, second] = fleet();

    const body = await ask({ InstanceIds: JSON.stringify([second?.id, 'i-bp1gone', first?.id]) });

    expect(idsOf(body)).toEqual([first?.id, second?.id]);
    expect(body.TotalCount).toBe(2);
  });

  it('without any id is empty', async () => {
    expect(await ask({ InstanceIds: '[]' })).toMatchObject({
      TotalCount: 0,
      Instances: { Instance: [] },
    });
  });

  it.each([
    ['i-bp1', 'InvalidParameter'],
    ['{}', 'InvalidParameter'],
    ['[1]', 'InvalidParameter'],
    ['["web-1"]', 'Abs.InvalidInstanceIds.MalFormed'],
    [
      JSON.stringify(Array.from({ length: 101 }, () => 'i-bp1')),
      'InvalidParameter.TooManyInstanceIds',
    ],
  ])('is refused: %s', async (InstanceIds, code) => {
    await expect(ask({ InstanceIds })).rejects.toMatchObject({ code });
  });
});

describe('a filter', () => {
  it('by zone, state and name holds back everything else', async () => {
    const zoneId = 'cn-hangzhou-j';
    const expected = fleet().filter(
      (instance) =>
        instance.zoneId === zoneId &&
        instance.status === 'Running' &&
        instance.name.startsWith('订单'),
    );

    const body = await ask({
      ZoneId: zoneId,
      Status: 'Running',
      InstanceName: '订单*',
      PageSize: 100,
    });

    expect(expected.length).toBeGreaterThan(0);
    expect(idsOf(body)).toEqual(expected.map(({ id }) => id));
    expect(body.TotalCount).toBe(expected.length);
  });

  it('by resource group holds back all others', async () => {
    const resourceGroupId = fleet().find(({ name }) => name.startsWith('订单'))?.resourceGroupId;
    const expected = fleet().filter((instance) => instance.resourceGroupId === resourceGroupId);

    const body = await ask({ ResourceGroupId: resourceGroupId, PageSize: 100 });

    expect(resourceGroupId).toMatch(/^rg-[0-9a-z]{15}$/);
    expect(expected.length).toBeLessThan(fleet().length);
    expect(idsOf(body)).toEqual(expected.map(({ id }) => id));
  });

  it('by tags wants all of them', async () => {
    const expected = fleet().filter(({ tags }) => {
      return (
        tags.some(({ key, value }) => key === 'env' && value === '测试') &&
        tags.some(({ key }) => key === 'app')
      );
    });

    const ids = await readAll({
      MaxResults: 100,
      'Tag.1.Key': 'env',
      'Tag.1.Value': '测试',
      'Tag.2.Key': 'app',
    });

    expect(expected.length).toBeGreaterThan(0);
    expect(ids).toEqual(expected.map(({ id }) => id));
  });

  it('by address finds the one that has it', async () => {
    const [instance] = fleet().slice(100);

    const body = await ask({ PrivateIpAddresses: JSON.stringify([instance?.privateIp]) });

    expect(idsOf(body)).toEqual([instance?.id]);
  });

  it.each([
    [{ Status: 'Sleeping' }, 'InvalidStatus.NotFound'],
    [{ InstanceChargeType: 'Free' }, 'InvalidInstanceChargeType.NotFound'],
    [{ InstanceNetworkType: 'token-ring' }, 'InvalidNetworkType.NotFound'],
    [{ LockReason: 'mood' }, 'InvalidLockReason.NotFound'],
  ])('that nothing can pass is refused: %j', async (query, code) => {
    await expect(ask(query)).rejects.toMatchObject({ code, data: { statusCode: 404 } });
  });
});

it('a dry run proves the permission and answers nothing', async () => {
  await expect(ask({ DryRun: true })).rejects.toMatchObject({ code: 'DryRunOperation' });
});

describe('DescribeRegions', () => {
  it('speaks Chinese unless it is asked not to', async () => {
    const nameIn = async (query: object) =>
      (await call('DescribeRegions', { ...query })).Regions?.Region[0]?.LocalName;

    expect(await nameIn({})).toBe('华东1（杭州）');
    expect(await nameIn({ AcceptLanguage: 'en-US' })).toBe('China (Hangzhou)');
  });

  it.each([
    [{ AcceptLanguage: 'la' }, 'InvalidAcceptLanguage.NotFound'],
    [{ ResourceType: 'moon' }, 'InvalidResourceType.NotFound'],
  ])('is refused with %j', async (query, code) => {
    await expect(call('DescribeRegions', query)).rejects.toMatchObject({ code });
  });

  it('names the local endpoint, never one of the real cloud', async () => {
    const [region] = (await call('DescribeRegions')).Regions?.Region ?? [];

    expect(region).toEqual({
      RegionId: HANGZHOU,
      RegionEndpoint: `127.0.0.1:${ecs.port}`,
      LocalName: '华东1（杭州）',
      Status: 'available',
    });
  });
});
