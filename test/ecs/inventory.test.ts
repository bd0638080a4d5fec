import type { RequestListener } from 'node:http';
import { DescribeInstanceStatusRequest } from '@alicloud/ecs20140526/dist/models/DescribeInstanceStatusRequest.js';
import { DescribeInstancesRequest } from '@alicloud/ecs20140526/dist/models/DescribeInstancesRequest.js';
import { type EcsServer, startEcs } from '../../local/ecs/index.ts';
import type { Scope } from '../../shared/core/model.ts';
import type { InventoryOptions } from '../../shared/ecs/inventory.ts';
import type { Inventory } from '../../shared/ports/inventory.ts';
import { type AnswerByIds, askByIds } from '../../shared/watch/ask-by-id.ts';
import { openBudget } from '../../shared/watch/budget.ts';
import { pacedFleet } from '../../shared/watch/fleet.ts';
import { createPacer } from '../../shared/watch/pacer.ts';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { withServer } from '../helpers/http-server.ts';
import { DEADLINE_MS, failure, inventoryAt, KEY, ROLE_KEY } from '../helpers/inventory.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';
import { withEcs } from '../local/ecs/clients.ts';

const HANGZHOU = SCOPE.regionId;

describe('the inventory over the ECS API', () => {
  let ecs: EcsServer;
  let inventory: Inventory;

  beforeAll(async () => {
    ecs = await startEcs({ accessKeys: [KEY, ROLE_KEY], fleetSize: 120 });
    inventory = anInventory();
  });
  afterEach(() => ecs.setFaults([]));
  afterAll(() => ecs.close());

  function anInventory(options: Partial<InventoryOptions> = {}): Inventory {
    return inventoryAt(ecs.url, options);
  }

  describe('pages', () => {
    it('give every instance of the region with its status, and how many there are', async () => {
      const pages = await Promise.all(
        [1, 2, 3, 4].map((number) => inventory.page(SCOPE, number, DEADLINE_MS)),
      );

      expect(pages.map(({ rows, totalCount }) => [rows, totalCount])).toEqual([
        [50, 120],
        [50, 120],
        [20, 120],
        [0, 120],
      ]);
      expect(pages.flatMap(({ statuses }) => [...statuses])).toEqual(
        ecs.fleet.instances(HANGZHOU).map(({ id, status }) => [id, status]),
      );
    });

    it('are narrowed to a zone where the scope is', async () => {
      const [first] = ecs.fleet.instances(HANGZHOU);
      const zoneId = first?.zoneId ?? '';

      const page = await inventory.page({ ...SCOPE, zoneId }, 1, DEADLINE_MS);

      const inZone = ecs.fleet.instances(HANGZHOU).filter((instance) => instance.zoneId === zoneId);
      expect(inZone.length).toBeLessThan(120);
      expect(page.totalCount).toBe(inZone.length);
      expect([...page.statuses.keys()]).toEqual(inZone.slice(0, 50).map(({ id }) => id));
    });

    it('are read with the keys of a role as well', async () => {
      const page = await anInventory({ credentials: ROLE_KEY }).page(SCOPE, 1, DEADLINE_MS);

      expect(page.rows).toBe(50);
    });
  });

  describe('asking by id', () => {
    it('gives the status of each instance that exists, and leaves out the others', async () => {
      const ids = ecs.fleet.instances(HANGZHOU).map(({ id }) => id);
      const asked = [...ids.slice(0, 48), 'i-bp1gone0000000000000', 'i-bp1gone0000000000001'];

      const page = await inventory.byIds(SCOPE, asked, DEADLINE_MS);

      expect([...page.statuses.keys()]).toEqual(ids.slice(0, 48));
      expect([page.rows, page.totalCount]).toEqual([48, 48]);
    });

    it('shows no instance for an unknown id', async () => {
      const page = await inventory.byIds(SCOPE, ['i-bp1gone0000000000000'], DEADLINE_MS);

      expect(page).toEqual({ statuses: new Map(), rows: 0, totalCount: 0, pageSize: 50 });
    });

    it('finds the id that does not exist where ECS answers an error for all of them', async () => {
      const undocumented = { unknownInstanceIds: 'error' } as const;
      const strict = await startEcs({ accessKeys: [KEY], fleetSize: 20, undocumented });
      try {
        const ids = strict.fleet.instances(HANGZHOU).map(({ id }) => id);
        const asked = [...ids.slice(0, 7), 'i-bp1gone0000000000000', ...ids.slice(7)];

        const [witness = ''] = ids;
        const runtime = virtualRuntime(NOW_MS);
        const pace = { budget: openBudget(1_000, NOW_MS, undefined), deadlineMs: DEADLINE_MS };
        const strictInventory = anInventory({ endpoint: strict.url });
        const fleet = pacedFleet(strictInventory, SCOPE, createPacer(pace, runtime));

        const answers: AnswerByIds[] = [];
        await askByIds(fleet, asked, [witness], (answer) => answers.push(answer));

        const found = answers.flatMap(({ statuses }) => [...statuses.keys()]);
        expect([...new Set(found)].sort()).toEqual([...ids].sort());
        expect(
          answers.filter(({ isNotFound }) => isNotFound).map((answer) => answer.asked),
        ).toEqual([['i-bp1gone0000000000000']]);
      } finally {
        await strict.close();
      }
    });

    it('leaves out an instance of another zone where the scope is narrowed to one', async () => {
      const [first] = ecs.fleet.instances(HANGZHOU);
      const other = ecs.fleet.instances(HANGZHOU).find(({ zoneId }) => zoneId !== first?.zoneId);
      const ids = [first?.id ?? '', other?.id ?? ''];
      const scope: Scope = { ...SCOPE, zoneId: first?.zoneId ?? '', instanceIds: ids };

      const page = await inventory.byIds(scope, ids, DEADLINE_MS);

      expect([...page.statuses.keys()]).toEqual([first?.id]);
    });
  });

  describe('details', () => {
    it('are the name in any script, the zone, the type, the group, the addresses and the tags', async () => {
      const [instance] = ecs.fleet.create(HANGZHOU, 1, () => ({
        name: '支付网关-01',
        resourceGroupId: 'rg-bp67acfmxazb4ph',
        publicIp: '198.18.0.1',
        eip: '198.18.0.2',
        tags: [
          { key: '环境', value: '生产' },
          { key: '__proto__', value: 'a tag like any other' },
        ],
      }));
      const id = instance?.id ?? '';

      const details = await inventory.details(SCOPE, [id], DEADLINE_MS);

      expect([...details]).toEqual([
        [
          id,
          {
            name: '支付网关-01',
            zoneId: instance?.zoneId,
            instanceType: instance?.instanceType,
            resourceGroupId: 'rg-bp67acfmxazb4ph',
            created: `${new Date(instance?.createdMs ?? 0).toISOString().slice(0, 16)}Z`,
            privateIps: [instance?.privateIp],
            publicIps: ['198.18.0.1', '198.18.0.2'],
            tags: Object.fromEntries([
              ['环境', '生产'],
              ['__proto__', 'a tag like any other'],
            ]),
          },
        ],
      ]);
      ecs.fleet.release([id]);
    });

    it('are those of a hundred instances at once, without those that do not exist', async () => {
      const ids = ecs.fleet.instances(HANGZHOU).map(({ id }) => id);
      const asked = [...ids.slice(0, 99), 'i-bp1gone0000000000000'];

      const details = await inventory.details(SCOPE, asked, DEADLINE_MS);

      expect([...details.keys()]).toEqual(ids.slice(0, 99));
    });
  });

  describe('the second opinion', () => {
    it('is that an instance exists which the listing hides', async () => {
      const [first] = ecs.fleet.instances(HANGZHOU);

      const opinions = await Promise.all([
        inventory.secondOpinion(SCOPE, [first?.id ?? ''], DEADLINE_MS),
        inventory.secondOpinion(SCOPE, undefined, DEADLINE_MS),
        inventory.secondOpinion(SCOPE, ['i-bp1gone0000000000000'], DEADLINE_MS),
      ]);

      expect(opinions).toEqual(['contradicts', 'contradicts', 'agrees']);
    });

    it('is that this account has no permission', async () => {
      ecs.setFaults([{ kind: 'denied', operations: ['DescribeInstances'] }]);

      await expect(inventory.secondOpinion(SCOPE, undefined, DEADLINE_MS)).resolves.toBe('refuses');
    });

    it('is not given by a failure', async () => {
      ecs.setFaults([{ kind: 'throttle', operations: ['DescribeInstances'] }]);

      await expect(inventory.secondOpinion(SCOPE, undefined, DEADLINE_MS)).rejects.toMatchObject({
        kind: 'throttled',
      });
    });
  });

  describe('the proof that this account may look', () => {
    it('is the answer to a dry run', async () => {
      await expect(inventory.mayLook(SCOPE, DEADLINE_MS)).resolves.toBe(true);
    });

    it('is not given by an account without permission', async () => {
      ecs.setFaults([{ kind: 'denied', operations: ['DescribeInstances'] }]);

      await expect(inventory.mayLook(SCOPE, DEADLINE_MS)).resolves.toBe(false);
    });

    it('is not given by an ECS that answers a dry run with instances, or with none', async () => {
      const body = JSON.stringify({ RequestId: 'r', Instances: { Instance: [] }, TotalCount: 0 });
      await withServer(
        (_request, response) => response.writeHead(200).end(body),
        async (endpoint) => {
          const answered = anInventory({ endpoint }).mayLook(SCOPE, DEADLINE_MS);

          await expect(answered).resolves.toBe(false);
        },
      );
    });

    it('is not given by a failure', async () => {
      ecs.setFaults([{ kind: 'throttle', operations: ['DescribeInstances'] }]);

      await expect(inventory.mayLook(SCOPE, DEADLINE_MS)).rejects.toMatchObject({
        kind: 'throttled',
      });
    });
  });
});

describe('the regions of an account', () => {
  it('are those that DescribeRegions lists, in the order of their ids', async () => {
    const regions = ['eu-central-1', 'cn-hangzhou', 'ap-southeast-1'];
    await withEcs({ accessKeys: [KEY], regions }, async (ecs) => {
      const listed = await inventoryAt(ecs.url).regionIds('main', DEADLINE_MS);

      expect(listed).toEqual(['ap-southeast-1', 'cn-hangzhou', 'eu-central-1']);
    });
  });

  it('cannot be listed without the permission, and the error names it', async () => {
    await withEcs({ accessKeys: [KEY] }, async (ecs) => {
      ecs.setFaults([{ kind: 'denied' }]);

      const error = await failure(inventoryAt(ecs.url).regionIds('main', DEADLINE_MS));

      expect(error.kind).toBe('refused');
      expect(error.message).toContain('allow ecs:DescribeRegions');
    });
  });

  it.each<[string, unknown]>([
    ['no list', { Regions: {} }],
    ['no region at all', { Regions: { Region: [] } }],
    ['a region without an id', { Regions: { Region: [{ LocalName: 'China' }] } }],
    ['an id that is no region id', { Regions: { Region: [{ RegionId: 'evil.example/' }] } }],
    ['thousands of regions', { Regions: { Region: new Array(5_000).fill({ RegionId: 'cn-a' }) } }],
  ])('are not believed when the answer has %s', async (_what, body) => {
    await withServer(
      (_request, response) => response.writeHead(200).end(JSON.stringify(body)),
      async (endpoint) => {
        const error = await failure(inventoryAt(endpoint).regionIds('main', DEADLINE_MS));

        expect(error.kind).toBe('malformed');
      },
    );
  });
});

describe('what is sent to ECS', () => {
  it('has the names that the official models send', async () => {
    const statusNames = Object.values(DescribeInstanceStatusRequest.names());
    const detailNames = Object.values(DescribeInstancesRequest.names());

    const sent = await recorded(async (inventory) => {
      const scope = { ...SCOPE, zoneId: 'cn-hangzhou-h', clusterId: 'cl-1' };
      await inventory.page(scope, 3, DEADLINE_MS);
      await inventory.byIds(scope, ['i-1', 'i-2'], DEADLINE_MS);
      await inventory.details(scope, ['i-1', 'i-2'], DEADLINE_MS);
      await inventory.secondOpinion(scope, undefined, DEADLINE_MS);
    });

    expect(sent.map(({ query }) => query)).toEqual([
      {
        RegionId: HANGZHOU,
        PageNumber: '3',
        PageSize: '50',
        ZoneId: 'cn-hangzhou-h',
        ClusterId: 'cl-1',
      },
      {
        RegionId: HANGZHOU,
        'InstanceId.1': 'i-1',
        'InstanceId.2': 'i-2',
        PageNumber: '1',
        PageSize: '50',
      },
      { RegionId: HANGZHOU, InstanceIds: '["i-1","i-2"]', MaxResults: '100' },
      { RegionId: HANGZHOU, ZoneId: 'cn-hangzhou-h', MaxResults: '100' },
    ]);
    expect(sent.map(({ action }) => action)).toEqual([
      'DescribeInstanceStatus',
      'DescribeInstanceStatus',
      'DescribeInstances',
      'DescribeInstances',
    ]);
    for (const { action, query } of sent) {
      const names = action === 'DescribeInstances' ? detailNames : statusNames;
      for (const name of Object.keys(query)) {
        expect(names).toContain(name.replace(/\.\d+$/u, ''));
      }
    }
  });
});

interface Sent {
  readonly action: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What the adapter asks of a server that answers everything with an empty fleet. */
async function recorded(ask: (inventory: Inventory) => Promise<void>): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const answerEmpty: RequestListener = (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const action = String(request.headers['x-acs-action']);
    sent.push({ action, query: Object.fromEntries(searchParams) });
    response.setHeader('content-type', 'application/json;charset=utf-8');
    response.end(
      JSON.stringify({
        TotalCount: 0,
        InstanceStatuses: { InstanceStatus: [] },
        Instances: { Instance: [] },
      }),
    );
  };
  await withServer(answerEmpty, (endpoint) => ask(inventoryAt(endpoint)));
  return sent;
}
