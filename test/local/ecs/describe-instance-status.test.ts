import type { EcsServer, Undocumented } from '../../../local/ecs/index.ts';
import { HANGZHOU, openApi, repeated, scan, withEcs } from './clients.ts';

const ACTION = 'DescribeInstanceStatus';

const withFleet = (
  fleetSize: number,
  test: (ecs: EcsServer) => Promise<void>,
  undocumented: Partial<Undocumented> = {},
) => withEcs({ fleetSize, undocumented }, test);

const idsOf = (ecs: EcsServer) => ecs.fleet.instances(HANGZHOU).map(({ id }) => id);

describe('the pages of a listing', () => {
  it.each([0, 1, 49, 50, 51, 100, 2_499])('hold each of %i instances once', (fleetSize) =>
    withFleet(fleetSize, async (ecs) => {
      const { rows, totals } = await scan(openApi(ecs));

      expect(rows.map((row) => row.InstanceId)).toEqual(idsOf(ecs));
      expect(new Set(totals)).toEqual(new Set([fleetSize]));
    }),
  );

  it('hold ten when no size is asked for', () =>
    withFleet(11, async (ecs) => {
      const page = await openApi(ecs)(ACTION, { RegionId: HANGZHOU });

      expect(page).toMatchObject({ PageNumber: 1, PageSize: 10, TotalCount: 11 });
      expect(page.InstanceStatuses?.InstanceStatus).toHaveLength(10);
    }));

  it('are empty past the end, and TotalCount stays', () =>
    withFleet(11, async (ecs) => {
      const page = await openApi(ecs)(ACTION, { RegionId: HANGZHOU, PageNumber: 1_000_000 });

      expect(page.InstanceStatuses?.InstanceStatus).toEqual([]);
      expect(page).toMatchObject({ PageNumber: 1_000_000, TotalCount: 11 });
    }));

  it('hide an instance for each one that is released between them', () =>
    withFleet(500, async (ecs) => {
      // The oldest is already read, and every instance behind it moves up by one.
      ecs.fleet.onPage(() => ecs.fleet.release(idsOf(ecs).slice(0, 1)));
      const before = idsOf(ecs);

      const { rows } = await scan(openApi(ecs));

      const seen = new Set(rows.map((row) => row.InstanceId));
      const alive = new Set(idsOf(ecs));
      const hidden = before.filter((id) => alive.has(id) && !seen.has(id));
      expect(hidden).toEqual(Array.from({ length: 9 }, (_, page) => before[50 + page * 51]));
    }));

  it('can be of one zone', () =>
    withFleet(200, async (ecs) => {
      const zoneId = 'cn-hangzhou-i';
      const there = ecs.fleet.instances(HANGZHOU).filter((instance) => instance.zoneId === zoneId);

      const page = await openApi(ecs)(ACTION, { RegionId: HANGZHOU, ZoneId: zoneId, PageSize: 50 });

      expect(page.TotalCount).toBe(there.length);
      expect(page.InstanceStatuses?.InstanceStatus.map((row) => row.InstanceId)).toEqual(
        there.slice(0, 50).map(({ id }) => id),
      );
    }));
});

describe('a read by id', () => {
  it('is answered in pages too, ten ids when no size is asked for', () =>
    withFleet(120, async (ecs) => {
      const ids = idsOf(ecs).slice(0, 100);
      const ask = (paging: object) =>
        openApi(ecs)(ACTION, { RegionId: HANGZHOU, ...repeated('InstanceId', ids), ...paging });

      const first = await ask({});
      const second = await ask({ PageSize: 50, PageNumber: 2 });

      expect(first.TotalCount).toBe(100);
      expect(first.InstanceStatuses?.InstanceStatus).toHaveLength(10);
      expect(second.InstanceStatuses?.InstanceStatus.map((row) => row.InstanceId)).toEqual(
        ids.slice(50),
      );
    }));

  it('leaves out an id that is not there', () =>
    withFleet(3, async (ecs) => {
      const [id = ''] = idsOf(ecs);

      const page = await openApi(ecs)(ACTION, {
        RegionId: HANGZHOU,
        ...repeated('InstanceId', [id, 'i-bp1gone', id]),
      });

      expect(page).toMatchObject({
        TotalCount: 1,
        InstanceStatuses: { InstanceStatus: [{ InstanceId: id }] },
      });
    }));

  it('is answered with 404 for an id that is not there, where a test wants that', () =>
    withFleet(
      3,
      async (ecs) => {
        const refused = openApi(ecs)(ACTION, {
          RegionId: HANGZHOU,
          ...repeated('InstanceId', ['i-bp1gone']),
        });

        await expect(refused).rejects.toMatchObject({
          code: 'InvalidInstanceId.NotFound',
          data: { statusCode: 404 },
        });
        const [id = ''] = idsOf(ecs);
        const twice = { RegionId: HANGZHOU, ...repeated('InstanceId', [id, id]) };
        await expect(openApi(ecs)(ACTION, twice)).resolves.toMatchObject({ TotalCount: 1 });
      },
      { unknownInstanceIds: 'error' },
    ));

  it('does not find what is in another zone', () =>
    withFleet(40, async (ecs) => {
      const [instance] = ecs.fleet.instances(HANGZHOU);
      const ask = (zoneId: string | undefined) =>
        openApi(ecs)(ACTION, { RegionId: HANGZHOU, ZoneId: zoneId, 'InstanceId.1': instance?.id });
      const elsewhere = instance?.zoneId === 'cn-hangzhou-h' ? 'cn-hangzhou-i' : 'cn-hangzhou-h';

      expect(await ask(instance?.zoneId)).toMatchObject({ TotalCount: 1 });
      expect(await ask(elsewhere)).toMatchObject({ TotalCount: 0 });
    }));

  it('does not find what is in another region', () =>
    withEcs({ regions: [HANGZHOU, 'cn-beijing'] }, async (ecs) => {
      const [there] = ecs.fleet.create('cn-beijing', 1);
      const ask = (regionId: string) =>
        openApi(ecs)(ACTION, { RegionId: regionId, 'InstanceId.1': there?.id });

      expect(await ask('cn-beijing')).toMatchObject({ TotalCount: 1 });
      expect(await ask(HANGZHOU)).toMatchObject({ TotalCount: 0 });
    }));
});

describe('a wrong parameter', () => {
  const manyIds = Array.from({ length: 101 }, (_, index) => `i-bp1${index}`);

  it.each<[string, Record<string, unknown>, number, string, string]>([
    [
      'no region',
      { RegionId: '' },
      400,
      'MissingParameter',
      'The input parameter "RegionId" that is mandatory for processing this request is not supplied.',
    ],
    [
      'an unknown region',
      { RegionId: 'mars-1' },
      404,
      'InvalidRegionId.NotFound',
      'The specified RegionId does not exist.',
    ],
    [
      'an unknown zone',
      { ZoneId: 'cn-hangzhou-z' },
      404,
      'InvalidZoneId.NotFound',
      'The ZoneId provided does not exist in our records.',
    ],
    [
      '101 ids',
      repeated('InstanceId', manyIds),
      403,
      'InvalidParameter.TooManyInstanceIds',
      'Instance ids cannot be more than 100.',
    ],
    [
      'a malformed id',
      { 'InstanceId.1': 'web-1' },
      403,
      'Abs.InvalidInstanceIds.MalFormed',
      'The specified instanceIds is not valid.',
    ],
    [
      'page 0',
      { PageNumber: 0 },
      400,
      'InvalidParameter',
      'The specified parameter "PageNumber" is not valid.',
    ],
    [
      'a page that is no number',
      { PageNumber: 'two' },
      400,
      'InvalidParameter',
      'The specified parameter "PageNumber" is not valid.',
    ],
    [
      'page size 0',
      { PageSize: 0 },
      400,
      'InvalidParameter',
      'The specified parameter "PageSize" is not valid.',
    ],
    [
      'page size 51',
      { PageSize: 51 },
      400,
      'InvalidParameter',
      'The specified parameter "PageSize" is not valid.',
    ],
  ])('is refused: %s', (_, query, statusCode, code, message) =>
    withFleet(1, async (ecs) => {
      await expect(openApi(ecs)(ACTION, { RegionId: HANGZHOU, ...query })).rejects.toMatchObject({
        code,
        data: { statusCode, Code: code, Message: message },
      });
    }),
  );

  it('is page size 51 no more, where a test wants it to be 50', () =>
    withFleet(
      60,
      async (ecs) => {
        const page = await openApi(ecs)(ACTION, { RegionId: HANGZHOU, PageSize: 51 });

        expect(page.PageSize).toBe(50);
        expect(page.InstanceStatuses?.InstanceStatus).toHaveLength(50);
      },
      { pageSizeAboveMaximum: 'clamp' },
    ));
});
