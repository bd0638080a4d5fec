import { DescribeInstanceStatusRequest } from '@alicloud/ecs20140526/dist/models/DescribeInstanceStatusRequest.js';
import { type EcsServer, startEcs } from '../../local/ecs/index.ts';
import { SCOPE } from '../helpers/examples.ts';
import { withServer } from '../helpers/http-server.ts';
import { DEADLINE_MS, inventoryAt } from '../helpers/inventory.ts';
import { KEY, openApi } from '../local/ecs/clients.ts';

/**
 * Every parameter of DescribeInstanceStatus. What the watcher does not send, and what the local ECS
 * does not obey, has its reason here.
 */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  RegionId: { sent: true, obeyed: true },
  ZoneId: { sent: true, obeyed: true },
  ClusterId: { sent: true, obeyed: true },
  InstanceId: { sent: true, obeyed: true },
  PageNumber: { sent: true, obeyed: true },
  PageSize: { sent: true, obeyed: true },
  OwnerId: { sent: 'a scope has the account of its keys', obeyed: 'there is one account' },
  OwnerAccount: { sent: 'as OwnerId', obeyed: 'as OwnerId' },
  ResourceOwnerId: { sent: 'as OwnerId', obeyed: 'as OwnerId' },
  ResourceOwnerAccount: { sent: 'as OwnerId', obeyed: 'as OwnerId' },
};

interface Parameter {
  /** By the watcher; or why not. */
  readonly sent: true | string;
  /** By the local ECS; or why not. */
  readonly obeyed: true | string;
}

const namesWhere = (what: keyof Parameter) =>
  Object.keys(PARAMETERS).filter((name) => PARAMETERS[name]?.[what] === true);

describe('the parameters of DescribeInstanceStatus', () => {
  it('are those of the official model, and none is forgotten', () => {
    expect(Object.keys(PARAMETERS).sort()).toEqual(
      Object.values(DescribeInstanceStatusRequest.names()).sort(),
    );
  });

  it('are sent by the watcher', async () => {
    const sent = new Set<string>();
    await withServer(
      ({ url = '' }, response) => {
        for (const name of new URL(url, 'http://localhost').searchParams.keys()) sent.add(name);
        response.end('{"TotalCount":0,"InstanceStatuses":{"InstanceStatus":[]}}');
      },
      async (endpoint) => {
        const inventory = inventoryAt(endpoint);
        const narrow = { ...SCOPE, zoneId: 'cn-hangzhou-h', clusterId: 'cl-1' };
        await inventory.page(narrow, 1, DEADLINE_MS);
        await inventory.byIds({ ...narrow, instanceIds: ['i-1'] }, ['i-1'], DEADLINE_MS);
      },
    );

    const names = [...sent].map((name) => name.replace(/\.\d+$/u, ''));
    expect([...new Set(names)].sort()).toEqual(namesWhere('sent').sort());
  });

  describe('in the local ECS', () => {
    let ecs: EcsServer;
    beforeAll(async () => {
      const regions = ['cn-hangzhou', 'cn-shanghai'];
      ecs = await startEcs({ accessKeys: [KEY], fleetSize: 60, regions });
    });
    afterAll(() => ecs.close());

    const idsWith = async (query: Record<string, string>): Promise<readonly string[]> => {
      const answer = await openApi(ecs)('DescribeInstanceStatus', {
        RegionId: 'cn-hangzhou',
        PageSize: '50',
        ...query,
      });
      return answer.InstanceStatuses?.InstanceStatus.map(({ InstanceId }) => InstanceId) ?? [];
    };

    it.each(namesWhere('obeyed'))('include %s, which changes the answer', async (name) => {
      const [first] = ecs.fleet.instances('cn-hangzhou');
      const values: Record<string, Record<string, string>> = {
        RegionId: { RegionId: 'cn-shanghai' },
        ZoneId: { ZoneId: first?.zoneId ?? '' },
        ClusterId: { ClusterId: first?.clusterId ?? '' },
        InstanceId: { 'InstanceId.1': first?.id ?? '' },
        PageNumber: { PageNumber: '2' },
        PageSize: { PageSize: '7' },
      };

      const [with_, without] = [await idsWith(values[name] ?? {}), await idsWith({})];

      expect(with_.length).toBeGreaterThan(0);
      expect(with_).not.toEqual(without);
    });

    it('narrow a listing together: zone, cluster and ids', async () => {
      const all = ecs.fleet.instances('cn-hangzhou');
      const [first] = all;
      const { zoneId = '', clusterId = '' } = first ?? {};
      const wanted = all.filter((each) => each.zoneId === zoneId && each.clusterId === clusterId);
      const asked = all.slice(0, 50).map(({ id }, index) => [`InstanceId.${index + 1}`, id]);

      const both = { ZoneId: zoneId, ClusterId: clusterId };
      const found = await idsWith(both);
      const foundById = await idsWith({ ...both, ...Object.fromEntries(asked) });

      expect(found).toEqual(wanted.map(({ id }) => id));
      expect(foundById).toEqual(found.filter((id) => asked.some(([, other]) => other === id)));
      expect(await idsWith({ ClusterId: 'cl-unknown' })).toEqual([]);
    });
  });
});

describe('the second opinion of a scope that is narrowed to a cluster', () => {
  it('is not about the instances of other clusters', async () => {
    const ecs = await startEcs({ accessKeys: [KEY], fleetSize: 10 });
    try {
      const inventory = inventoryAt(ecs.url, { credentials: KEY });
      const [first] = ecs.fleet.instances(SCOPE.regionId);
      const opinionOn = (clusterId: string) =>
        inventory.secondOpinion({ ...SCOPE, clusterId }, undefined, DEADLINE_MS);

      expect(await opinionOn(first?.clusterId ?? '')).toBe('contradicts');
      expect(await opinionOn('cl-empty')).toBe('agrees');
      // An id that exists has not been released, whatever its cluster is said to be.
      const scope = { ...SCOPE, clusterId: 'cl-empty' };
      const byId = inventory.secondOpinion(scope, [first?.id ?? ''], DEADLINE_MS);
      await expect(byId).resolves.toBe('contradicts');
    } finally {
      await ecs.close();
    }
  });
});
