import { type ManualClock, manualClock } from '../../../local/clock.ts';
import { PENDING_MS, STARTING_MS, STOPPING_MS } from '../../../local/ecs/fleet/lifecycle.ts';
import { type EcsServer, startEcs } from '../../../local/ecs/index.ts';
import { type Call, HANGZHOU, KEY, openApi, repeated, withEcs } from './clients.ts';

let clock: ManualClock;
let ecs: EcsServer;
let call: Call;
beforeEach(async () => {
  clock = manualClock(Date.parse('2026-11-22T10:00:00Z'));
  ecs = await startEcs({ accessKeys: [KEY], regions: [HANGZHOU, 'cn-beijing'], clock });
  call = openApi(ecs);
});
afterEach(() => ecs.close());

const IMAGE = { ImageId: 'aliyun_3.vhd', InstanceType: 'ecs.g7.large' };
const inHangzhou = (ids: readonly string[]) => ({
  RegionId: HANGZHOU,
  ...repeated('InstanceId', ids),
});

/** The state of an instance as a client reads it; `gone` after its release. */
async function statusOf(id: string): Promise<string> {
  const page = await call('DescribeInstanceStatus', inHangzhou([id]));
  return page.InstanceStatuses?.InstanceStatus[0]?.Status ?? 'gone';
}

async function run(query: object = {}): Promise<readonly string[]> {
  const body = await call('RunInstances', { RegionId: HANGZHOU, ...IMAGE, ...query });
  return body.InstanceIdSets?.InstanceIdSet ?? [];
}

async function runningInstance(): Promise<string> {
  const [id = ''] = await run();
  clock.advance(PENDING_MS + STARTING_MS);
  return id;
}

async function stoppedInstance(): Promise<string> {
  const id = await runningInstance();
  await call('StopInstances', inHangzhou([id]));
  clock.advance(STOPPING_MS);
  return id;
}

/** An instance brought into each of the five states. */
const BRING: Record<string, () => Promise<string>> = {
  Pending: async () => (await run())[0] ?? '',
  async Starting() {
    const [id = ''] = await run();
    clock.advance(PENDING_MS);
    return id;
  },
  Running: runningInstance,
  async Stopping() {
    const id = await runningInstance();
    await call('StopInstances', inHangzhou([id]));
    return id;
  },
  Stopped: stoppedInstance,
};

describe('a new instance', () => {
  it('is Pending, then Starting, then Running', async () => {
    const [id = ''] = await run();

    expect(id).toMatch(/^i-bp1[0-9a-z]{17}$/);
    expect(await statusOf(id)).toBe('Pending');
    clock.advance(PENDING_MS - 1);
    expect(await statusOf(id)).toBe('Pending');
    clock.advance(1);
    expect(await statusOf(id)).toBe('Starting');
    clock.advance(STARTING_MS - 1);
    expect(await statusOf(id)).toBe('Starting');
    clock.advance(1);
    expect(await statusOf(id)).toBe('Running');
    clock.advance(1_000_000_000);
    expect(await statusOf(id)).toBe('Running');
  });

  it('comes in the amount that was asked for, with what was asked for', async () => {
    const ids = await run({
      Amount: 3,
      InstanceName: '订单服务',
      HostName: 'orders-' + '$' + '{instance_id}',
      ZoneId: 'cn-hangzhou-k',
      ResourceGroupId: 'rg-bp67acfmxazb4ph',
      'Tag.1.Key': 'env',
      'Tag.1.Value': '测试',
    });

    expect(ecs.fleet.instances(HANGZHOU)).toEqual(
      ids.map((id) =>
        expect.objectContaining({
          id,
          name: '订单服务',
          hostName: `orders-${id}`,
          zoneId: 'cn-hangzhou-k',
          resourceGroupId: 'rg-bp67acfmxazb4ph',
          instanceType: 'ecs.g7.large',
          imageId: 'aliyun_3.vhd',
          tags: [{ key: 'env', value: '测试' }],
        }),
      ),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('is called by its id when it gets no name, and is in no group but the default one', async () => {
    const [id = ''] = await run();

    expect(ecs.fleet.find(id)).toMatchObject({ name: id, hostName: id, resourceGroupId: '' });
  });

  it.each<[object, string]>([
    [{ Amount: 0 }, 'InvalidParameter'],
    [{ Amount: 101 }, 'InvalidParameter'],
    [{ InstanceName: 'a' }, 'InvalidParameter'],
    [{ InstanceChargeType: 'Free' }, 'InvalidParameter'],
    [{ ImageId: '' }, 'MissingParameter'],
    [{ InstanceType: '' }, 'MissingParameter'],
    [{ ZoneId: 'cn-beijing-h' }, 'InvalidZoneId.NotFound'],
    [{ DryRun: true }, 'DryRunOperation'],
  ])('is not created with %j', async (query, code) => {
    await expect(run(query)).rejects.toMatchObject({ code });

    expect(ecs.fleet.instances(HANGZHOU)).toEqual([]);
  });
});

describe('an instance', () => {
  it('stops through Stopping', async () => {
    const id = await runningInstance();

    const { InstanceResponses } = await call('StopInstances', inHangzhou([id]));

    expect(InstanceResponses?.InstanceResponse).toEqual([
      {
        InstanceId: id,
        PreviousStatus: 'Running',
        CurrentStatus: 'Stopping',
        Code: '200',
        Message: 'success',
      },
    ]);
    expect(await statusOf(id)).toBe('Stopping');
    clock.advance(STOPPING_MS);
    expect(await statusOf(id)).toBe('Stopped');
  });

  it('starts through Starting', async () => {
    const id = await stoppedInstance();

    await call('StartInstances', inHangzhou([id]));

    expect(await statusOf(id)).toBe('Starting');
    clock.advance(STARTING_MS);
    expect(await statusOf(id)).toBe('Running');
  });

  it('reboots through Stopping and Starting, and has a new start time', async () => {
    const id = await runningInstance();
    const startedMs = ecs.fleet.find(id)?.startedMs;

    await call('RebootInstances', inHangzhou([id]));

    expect(await statusOf(id)).toBe('Stopping');
    expect(ecs.fleet.find(id)?.startedMs).toBe(startedMs);
    clock.advance(STOPPING_MS);
    expect(await statusOf(id)).toBe('Starting');
    const restartedMs = clock.now();
    clock.advance(STARTING_MS);
    expect(await statusOf(id)).toBe('Running');
    expect(ecs.fleet.find(id)?.startedMs).toBe(restartedMs);
  });

  it('is gone as soon as it is released', async () => {
    const id = await stoppedInstance();

    await call('DeleteInstances', inHangzhou([id]));

    expect(await statusOf(id)).toBe('gone');
  });

  it('can be handled one at a time, without a region', async () => {
    const id = await runningInstance();

    await call('StopInstance', { InstanceId: id });
    expect(await statusOf(id)).toBe('Stopping');
    clock.advance(STOPPING_MS);
    await call('StartInstance', { InstanceId: id });
    expect(await statusOf(id)).toBe('Starting');
    clock.advance(STARTING_MS);
    await call('RebootInstance', { InstanceId: id });
    expect(await statusOf(id)).toBe('Stopping');
    clock.advance(STOPPING_MS + STARTING_MS);
    await call('DeleteInstance', { InstanceId: id, Force: true });
    expect(await statusOf(id)).toBe('gone');
  });

  it('says how it was stopped', async () => {
    const id = await runningInstance();

    await call('StopInstances', { ...inHangzhou([id]), StoppedMode: 'StopCharging' });

    expect(ecs.fleet.find(id)?.stoppedMode).toBe('Not-applicable');
    clock.advance(STOPPING_MS);
    expect(ecs.fleet.find(id)?.stoppedMode).toBe('StopCharging');
  });
});

describe('a state', () => {
  const MESSAGE = 'The current status of the resource does not support this operation.';
  const ALLOWED: Record<string, readonly string[]> = {
    StartInstances: ['Stopped'],
    StopInstances: ['Running'],
    RebootInstances: ['Running'],
  };
  const states = Object.keys(BRING);

  for (const [action, allowed] of Object.entries(ALLOWED)) {
    it.each(states.filter((state) => !allowed.includes(state)))(
      `%s refuses ${action}`,
      async (state) => {
        const id = (await BRING[state]?.()) ?? '';
        expect(await statusOf(id)).toBe(state);

        await expect(call(action, inHangzhou([id]))).rejects.toMatchObject({
          code: 'IncorrectInstanceStatus',
          data: { statusCode: 403, Message: MESSAGE },
        });
        expect(await statusOf(id)).toBe(state);
      },
    );
  }

  it.each([
    ['Pending', 'IncorrectInstanceStatus.Initializing', 'IncorrectInstanceStatus.Initializing'],
    ['Starting', 'IncorrectInstanceStatus.Initializing', 'IncorrectInstanceStatus.Initializing'],
    ['Running', 'IncorrectInstanceStatus', undefined],
    ['Stopping', 'IncorrectInstanceStatus', undefined],
    ['Stopped', undefined, undefined],
  ])('%s decides whether an instance may be released', async (state, plain, forced) => {
    const answer = async (query: object) =>
      call('DeleteInstances', { ...query, DryRun: true }).then(
        () => undefined,
        ({ code }: { code: string }) => (code === 'DRYRUN.SUCCESS' ? undefined : code),
      );

    const id = (await BRING[state]?.()) ?? '';

    expect(await answer(inHangzhou([id]))).toBe(plain);
    expect(await answer({ ...inHangzhou([id]), Force: true })).toBe(forced);
    expect(await statusOf(id)).toBe(state);
  });
});

it('an instance stays as a call found it until the call has changed it', () => {
  let nowMs = Date.parse('2026-11-22T10:00:00Z');
  const ticking = {
    now() {
      nowMs += 100;
      return nowMs;
    },
  };
  return withEcs({ fleetSize: 40, churnPerMinute: 600, clock: ticking }, async (lively) => {
    const ids = lively.fleet.instances(HANGZHOU).map(({ id }) => id);

    const { InstanceResponses } = await openApi(lively)('StopInstances', {
      ...inHangzhou(ids),
      BatchOptimization: 'SuccessFirst',
    });

    const accepted = InstanceResponses?.InstanceResponse.filter(({ Code }) => Code === '200');
    expect(accepted?.length).toBeGreaterThan(0);
    for (const { PreviousStatus, CurrentStatus } of accepted ?? []) {
      expect([PreviousStatus, CurrentStatus]).toEqual(['Running', 'Stopping']);
    }
  });
});

describe('a batch', () => {
  it('does nothing at all when one instance refuses', async () => {
    const [running, stopped] = [await runningInstance(), await stoppedInstance()];

    await expect(call('StopInstances', inHangzhou([running, stopped]))).rejects.toMatchObject({
      code: 'IncorrectInstanceStatus',
    });

    expect(await statusOf(running)).toBe('Running');
  });

  it('does what it can under SuccessFirst, and answers for each', async () => {
    const [running, stopped] = [await runningInstance(), await stoppedInstance()];

    const { InstanceResponses } = await call('StopInstances', {
      ...inHangzhou([running, stopped, 'i-bp1gone']),
      BatchOptimization: 'SuccessFirst',
    });

    expect(
      InstanceResponses?.InstanceResponse.map(({ Code, CurrentStatus }) => [Code, CurrentStatus]),
    ).toEqual([
      ['200', 'Stopping'],
      ['IncorrectInstanceStatus', 'Stopped'],
      ['InvalidInstanceId.NotFound', ''],
    ]);
  });

  it.each(['StartInstances', 'StopInstances', 'RebootInstances', 'DeleteInstances'])(
    'is refused by %s for an instance that is not in the region',
    async (action) => {
      const [elsewhere] = ecs.fleet.create('cn-beijing', 1);
      const expected = {
        code: 'InvalidInstanceId.NotFound',
        data: { statusCode: 404, Message: 'The specified InstanceId does not exist.' },
      };

      await expect(call(action, inHangzhou(['i-bp1gone']))).rejects.toMatchObject(expected);
      await expect(call(action, inHangzhou([elsewhere?.id ?? '']))).rejects.toMatchObject(expected);
    },
  );

  it.each(['StartInstance', 'StopInstance', 'RebootInstance', 'DeleteInstance'])(
    'is refused by %s for an instance that is nowhere',
    async (action) => {
      await expect(call(action, { InstanceId: 'i-bp1gone' })).rejects.toMatchObject({
        code: 'InvalidInstanceId.NotFound',
      });
    },
  );

  it('changes nothing in a dry run', async () => {
    const id = await runningInstance();

    await expect(
      call('StopInstances', { ...inHangzhou([id]), DryRun: true }),
    ).rejects.toMatchObject({ code: 'DRYRUN.SUCCESS' });
    await expect(call('StopInstance', { InstanceId: id, DryRun: true })).rejects.toMatchObject({
      code: 'DryRunOperation',
    });
    await expect(
      call('DeleteInstance', { InstanceId: id, Force: true, DryRun: true }),
    ).rejects.toMatchObject({ code: 'DryRunOperation' });

    expect(await statusOf(id)).toBe('Running');
  });

  it('needs at least one id', async () => {
    await expect(call('StopInstances', { RegionId: HANGZHOU })).rejects.toMatchObject({
      code: 'MissingParameter',
    });
  });

  it('releases no subscription', async () => {
    const [id = ''] = await run({ InstanceChargeType: 'PrePaid' });
    clock.advance(PENDING_MS + STARTING_MS);

    await expect(
      call('DeleteInstances', { ...inHangzhou([id]), Force: true }),
    ).rejects.toMatchObject({ code: 'ChargeTypeViolation' });
  });
});
