import { type EcsServer, startEcs } from '../../../local/ecs/index.ts';
import { type Call, HANGZHOU, KEY, openApi } from './clients.ts';

let ecs: EcsServer;
let call: Call;
let id: string;
beforeEach(async () => {
  ecs = await startEcs({ accessKeys: [KEY], regions: [HANGZHOU], fleetSize: 2 });
  call = openApi(ecs);
  id = ecs.fleet.instances(HANGZHOU)[0]?.id ?? '';
});
afterEach(() => ecs.close());

describe('ModifyInstanceAttribute', () => {
  it('renames one instance, and changes nothing else', async () => {
    const before = ecs.fleet.instances(HANGZHOU);

    await call('ModifyInstanceAttribute', { InstanceId: id, InstanceName: '支付-7' });

    const after = await call('DescribeInstances', { RegionId: HANGZHOU });
    expect(after.Instances?.Instance[0]).toMatchObject({ InstanceId: id, InstanceName: '支付-7' });
    const [first, ...others] = ecs.fleet.instances(HANGZHOU);
    expect([{ ...first, name: before[0]?.name }, ...others]).toEqual(before);
  });

  it('changes nothing without a new name', async () => {
    const before = ecs.fleet.instances(HANGZHOU);

    await call('ModifyInstanceAttribute', { InstanceId: id });

    expect(ecs.fleet.instances(HANGZHOU)).toEqual(before);
  });

  it.each([
    ['an instance that does not exist', { InstanceId: 'i-none' }, 'InvalidInstanceId.NotFound'],
    ['a name of one character', { InstanceName: 'x' }, 'InvalidParameter'],
    ['no instance', { InstanceId: '' }, 'MissingParameter'],
  ])('refuses %s', async (_what, query, code) => {
    const request = call('ModifyInstanceAttribute', { InstanceId: id, ...query });

    await expect(request).rejects.toMatchObject({ code });
  });
});
