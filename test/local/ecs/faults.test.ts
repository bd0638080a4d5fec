import {
  type EcsFault,
  type EcsFaults,
  type EcsServer,
  startEcs,
} from '../../../local/ecs/index.ts';
import { type Body, type Call, HANGZHOU, KEY, openApi, repeated, withEcs } from './clients.ts';

const STATUS = 'DescribeInstanceStatus';
const HOUR_MS = 3_600_000;

let ecs: EcsServer;
let call: Call;
const start = async () => {
  ecs = await startEcs({ accessKeys: [KEY], fleetSize: 120, seed: 7 });
  call = openApi(ecs);
};
beforeEach(start);
afterEach(() => ecs.close());

const page = (pageNumber = 1) =>
  call(STATUS, { RegionId: HANGZHOU, PageSize: 50, PageNumber: pageNumber });
const rowsOf = (body: Body) => body.InstanceStatuses?.InstanceStatus ?? [];
const idsOf = (body: Body) => rowsOf(body).map((row) => row.InstanceId);
const expectedIds = (from: number, to: number) =>
  ecs.fleet
    .instances(HANGZHOU)
    .slice(from, to)
    .map(({ id }) => id);

/** `true` for each of `times` pages that came, `false` for each that did not. */
async function outcomes(times: number): Promise<boolean[]> {
  const results: boolean[] = [];
  for (let time = 0; time < times; time += 1) {
    results.push(
      await page().then(
        () => true,
        () => false,
      ),
    );
  }
  return results;
}

describe('a call that a fault answers', () => {
  it.each<[string, EcsFault, object]>([
    ['is throttled', { kind: 'throttle' }, { code: 'Throttling.User', data: { statusCode: 400 } }],
    [
      'is denied, with the reason',
      { kind: 'denied' },
      {
        code: 'Forbidden.RAM',
        data: { statusCode: 403, AccessDeniedDetail: { AuthAction: 'ecs:DescribeInstanceStatus' } },
      },
    ],
    [
      'has an error of choice',
      { kind: 'error', code: 'ServiceUnavailable', status: 503, message: 'Come back later.' },
      {
        code: 'ServiceUnavailable',
        data: { statusCode: 503, Message: 'Come back later.' },
      },
    ],
    [
      'has an error without a text of its own',
      { kind: 'error', code: 'UnknownError', status: 400 },
      { code: 'UnknownError' },
    ],
    ['is an HTML page', { kind: 'html-error', status: 502 }, { name: 'SyntaxError' }],
    ['is reset', { kind: 'reset' }, { code: 'ECONNRESET' }],
    ['is lost after it was carried out', { kind: 'lost-answer' }, { code: 'ECONNRESET' }],
    ['is cut in the middle', { kind: 'cut-answer' }, { code: 'ECONNRESET' }],
    ['has no body', { kind: 'no-body' }, { name: 'SyntaxError' }],
    ['has half a body', { kind: 'half-body' }, { name: 'SyntaxError' }],
  ])('%s', async (_, fault, expected) => {
    ecs.setFaults([fault]);

    await expect(page()).rejects.toMatchObject(expected);

    ecs.setFaults([]);
    await expect(page()).resolves.toMatchObject({ TotalCount: 120 });
  });

  it.each<[EcsFault, string, object]>([
    [{ kind: 'reset' }, 'Running', { code: 'ECONNRESET' }],
    [{ kind: 'throttle' }, 'Running', { code: 'Throttling.User' }],
    [{ kind: 'html-error', status: 502 }, 'Running', { name: 'SyntaxError' }],
    [{ kind: 'lost-answer' }, 'Stopping', { code: 'ECONNRESET' }],
    [{ kind: 'cut-answer' }, 'Stopping', { code: 'ECONNRESET' }],
    [{ kind: 'no-body' }, 'Stopping', { name: 'SyntaxError' }],
  ])('after %j leaves a running instance %s', async (fault, status, error) => {
    const running = ecs.fleet.instances(HANGZHOU).find((one) => one.status === 'Running');
    ecs.setFaults([fault]);

    const stopping = call('StopInstances', {
      RegionId: HANGZHOU,
      ...repeated('InstanceId', [running?.id ?? '']),
    });

    await expect(stopping).rejects.toMatchObject(error);
    expect(ecs.fleet.find(running?.id ?? '')?.status).toBe(status);
  });
});

describe('a page that a fault distorts', () => {
  it('is empty, as after a lost permission', async () => {
    ecs.setFaults([{ kind: 'empty' }]);

    expect(await page()).toMatchObject({
      TotalCount: 0,
      InstanceStatuses: { InstanceStatus: [] },
    });
    expect(await call('DescribeInstances', { RegionId: HANGZHOU, MaxResults: 10 })).toMatchObject({
      TotalCount: 0,
      NextToken: '',
      Instances: { Instance: [] },
    });
  });

  it('can be empty while reads by id are still answered', async () => {
    ecs.setFaults([{ kind: 'empty', queries: 'listings' }]);
    const [id = ''] = expectedIds(0, 1);

    const byId = await call(STATUS, { RegionId: HANGZHOU, ...repeated('InstanceId', [id]) });

    expect(idsOf(await page())).toEqual([]);
    expect(idsOf(byId)).toEqual([id]);
  });

  it.each([
    [-30, 90],
    [30, 150],
    [-500, 0],
  ])('has a TotalCount that is off by %i', async (add, totalCount) => {
    ecs.setFaults([{ kind: 'total-count', add }]);

    expect(await page()).toMatchObject({ TotalCount: totalCount });
    expect(idsOf(await page())).toEqual(expectedIds(0, 50));
  });

  it.each(['InstanceId', 'Status'] as const)('has an instance without %s', async (missing) => {
    ecs.setFaults([{ kind: 'malformed-item', missing }]);

    const [first, second] = rowsOf(await page());

    expect(first).not.toHaveProperty(missing);
    expect(second).toHaveProperty(missing);
  });

  it('is the page before it', async () => {
    ecs.setFaults([{ kind: 'repeated-page', pages: [2] }]);

    expect(idsOf(await page(1))).toEqual(expectedIds(0, 50));
    expect(await page(2)).toMatchObject({ PageNumber: 2, TotalCount: 120 });
    expect(idsOf(await page(2))).toEqual(expectedIds(0, 50));
    expect(idsOf(await page(3))).toEqual(expectedIds(100, 120));
  });

  it('is short', async () => {
    ecs.setFaults([{ kind: 'short-page', rows: 7 }]);

    expect(idsOf(await page())).toEqual(expectedIds(0, 43));
  });

  it('can be wrong in several ways', async () => {
    ecs.setFaults([
      { kind: 'short-page', rows: 49 },
      { kind: 'total-count', add: 1 },
    ]);

    const body = await page();

    expect(body.TotalCount).toBe(121);
    expect(idsOf(body)).toEqual(expectedIds(0, 1));
  });
});

describe('a fleet that changes between pages', () => {
  const allIds = () => expectedIds(0, Number.POSITIVE_INFINITY);

  it('loses some of its instances after each page, and gains others', async () => {
    const before = allIds();
    ecs.setFaults([{ kind: 'churn', queries: 'listings', releases: 5, creations: 2 }]);

    const first = await page(1);
    const between = allIds();
    const second = await page(2);

    expect(idsOf(first)).toEqual(before.slice(0, 50));
    expect(first.TotalCount).toBe(120);
    expect(between.filter((id) => before.includes(id))).toHaveLength(115);
    expect(between).toHaveLength(117);
    expect(idsOf(second)).toEqual(between.slice(50, 100));
    expect(allIds()).toHaveLength(114);
  });

  it('hides live instances from a client that reads one page after the other', async () => {
    ecs.setFaults([{ kind: 'churn', queries: 'listings', releases: 5 }]);

    const seen = [...idsOf(await page(1)), ...idsOf(await page(2)), ...idsOf(await page(3))];

    expect(allIds().filter((id) => !seen.includes(id)).length).toBeGreaterThan(0);
  });

  it('loses the same ones for the same seed', async () => {
    const twin = await startEcs({ accessKeys: [KEY], fleetSize: 120, seed: 7 });
    const churn: EcsFaults = [{ kind: 'churn', releases: 10 }];
    ecs.setFaults(churn);
    twin.setFaults(churn);

    await page();
    await openApi(twin)(STATUS, { RegionId: HANGZHOU, PageSize: 50, PageNumber: 1 });

    expect(twin.fleet.instances(HANGZHOU).map(({ id }) => id)).toEqual(allIds());
    await twin.close();
  });

  it('is empty when no instance is left', async () => {
    ecs.setFaults([{ kind: 'churn', releases: 1_000 }]);

    await page();

    expect(await page()).toMatchObject({ TotalCount: 0 });
  });

  it('stays as it is when an answer shows no instances', async () => {
    ecs.setFaults([{ kind: 'churn', releases: 5 }]);

    await call('DescribeRegions');

    expect(allIds()).toHaveLength(120);
  });
});

describe('a slow answer', () => {
  it('never comes before its time', async () => {
    ecs.setFaults([{ kind: 'latency', latencyMs: 12 }]);
    const startMs = performance.now();

    await page();

    expect(performance.now() - startMs).toBeGreaterThanOrEqual(12);
  });

  it('keeps the call in flight, and others beside it', async () => {
    ecs.setFaults([{ kind: 'latency', latencyMs: HOUR_MS, jitterMs: 10 }]);

    const calls = Promise.allSettled(Array.from({ length: 8 }, () => page()));
    while (ecs.usage.delayed < 8) await new Promise(setImmediate);
    await ecs.close();
    await calls;

    while (ecs.usage.inFlight > 0) await new Promise(setImmediate);
    expect(ecs.usage).toMatchObject({ maxInFlight: 8, delayed: 0 });
  });

  it('ends when the client gives up', async () => {
    ecs.setFaults([{ kind: 'latency', latencyMs: HOUR_MS }]);
    const impatient = openApi(ecs, KEY, { readTimeout: 100, connectTimeout: 100 });

    await expect(impatient('DescribeRegions')).rejects.toMatchObject({
      name: 'RequestTimeoutError',
    });

    while (ecs.usage.inFlight > 0) await new Promise(setImmediate);
  });
});

describe('a fault hits', () => {
  it('so many times, and no more', async () => {
    ecs.setFaults([{ kind: 'throttle', times: 2 }]);

    expect(await outcomes(4)).toEqual([false, false, true, true]);
    expect(ecs.usage.throttled).toBe(2);
  });

  it('its share of the calls, the same ones for the same seed', async () => {
    const faults: EcsFaults = [{ kind: 'throttle', probability: 0.3 }];

    ecs.setFaults(faults);
    const first = await outcomes(30);
    await ecs.close();
    await start();
    ecs.setFaults(faults);
    const second = await outcomes(30);

    expect(second).toEqual(first);
    expect(new Set(first)).toEqual(new Set([true, false]));
  });

  it('only the actions it names', async () => {
    ecs.setFaults([{ kind: 'denied', operations: ['DescribeInstances'] }]);

    await expect(page()).resolves.toMatchObject({ TotalCount: 120 });
    await expect(call('DescribeInstances', { RegionId: HANGZHOU })).rejects.toMatchObject({
      code: 'Forbidden.RAM',
    });
  });

  it('only the regions it names, and not the list of all regions', async () => {
    await withEcs({ regions: ['cn-hangzhou', 'eu-central-1'] }, async (two) => {
      const ask = openApi(two);
      two.setFaults([{ kind: 'denied', regions: ['eu-central-1'] }]);

      await expect(ask(STATUS, { RegionId: HANGZHOU })).resolves.toMatchObject({ TotalCount: 0 });
      await expect(ask('DescribeRegions')).resolves.toMatchObject({ Regions: expect.anything() });
      await expect(ask(STATUS, { RegionId: 'eu-central-1' })).rejects.toMatchObject({
        code: 'Forbidden.RAM',
      });
    });
  });

  it('no call without instances, when it is about instances', async () => {
    ecs.setFaults([{ kind: 'empty', times: 1 }]);

    expect((await call('DescribeRegions')).Regions?.Region).toHaveLength(1);
    expect(idsOf(await page())).toEqual([]);
  });

  it('only the pages it names', async () => {
    ecs.setFaults([{ kind: 'reset', pages: [2, 3] }]);

    await expect(page(1)).resolves.toMatchObject({ TotalCount: 120 });
    await expect(page(2)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(page(3)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('only reads by id', async () => {
    ecs.setFaults([{ kind: 'denied', queries: 'by-id' }]);
    const [id = ''] = expectedIds(0, 1);

    await expect(page()).resolves.toMatchObject({ TotalCount: 120 });
    await expect(
      call(STATUS, { RegionId: HANGZHOU, ...repeated('InstanceId', [id]) }),
    ).rejects.toMatchObject({ code: 'Forbidden.RAM' });
  });

  it('before the ones behind it, if it takes the place of the answer', async () => {
    ecs.setFaults([
      { kind: 'throttle', times: 1 },
      { kind: 'denied', times: 1 },
    ]);

    await expect(page()).rejects.toMatchObject({ code: 'Throttling.User' });
    await expect(page()).rejects.toMatchObject({ code: 'Forbidden.RAM' });
    await expect(page()).resolves.toMatchObject({ TotalCount: 120 });
  });
});

describe('faults that are not valid', () => {
  it('are refused, every bad field of them', () => {
    const faults = [
      { kind: 'latency', latencyMs: -1, jitterMs: '5' },
      { kind: 'gremlins' },
      'reset',
      {
        kind: 'reset',
        times: 0,
        probability: 2,
        operations: ['Dance'],
        pages: [0],
        queries: 'all',
      },
      { kind: 'error', status: 200 },
      { kind: 'total-count', add: 1.5, by: 1 },
      { kind: 'churn', creations: -1 },
    ] as unknown as EcsFaults;

    let message = '';
    try {
      ecs.setFaults(faults);
    } catch (error) {
      if (error instanceof RangeError) message = error.message;
    }

    expect(message.split('\n- ')).toEqual([
      'Invalid faults:',
      'faults[0].latencyMs must be a number of milliseconds, 0 or more',
      'faults[0].jitterMs must be a number of milliseconds, 0 or more',
      expect.stringContaining(
        'faults[1].kind must be one of latency, reset, lost-answer, throttle, ',
      ),
      'faults[2] must be an object',
      expect.stringContaining('faults[3].operations must be a list, each one of '),
      'faults[3].pages must be a list, each a whole number, 1 or more',
      'faults[3].queries must be one of listings, by-id',
      'faults[3].times must be a whole number, 1 or more',
      'faults[3].probability must be a number from 0 to 1',
      'faults[4].code must be a text',
      'faults[4].status must be an HTTP status from 400 to 599',
      'faults[5].by is not a field of total-count',
      'faults[5].add must be a whole number',
      'faults[6].releases must be a whole number, 0 or more',
      'faults[6].creations must be a whole number, 0 or more',
    ]);
  });

  it('leave the previous ones in place', async () => {
    ecs.setFaults([{ kind: 'throttle' }]);

    expect(() => ecs.setFaults({} as unknown as EcsFaults)).toThrow('faults must be a list');

    await expect(page()).rejects.toMatchObject({ code: 'Throttling.User' });
  });
});
