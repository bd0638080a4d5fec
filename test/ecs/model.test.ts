import { join } from 'node:path';
import { build } from 'esbuild';
import type { EcsFields, EcsRequests, EcsStatusPage } from '../../shared/ecs/model.ts';

describe('the official models', () => {
  it('hold the names of parameters and fields: the compiler refuses others', () => {
    type EcsStatusQuery = EcsRequests['DescribeInstanceStatus'];
    const query: EcsStatusQuery = { PageNumber: '1', 'InstanceId.1': 'i-1' };
    // @ts-expect-error DescribeInstanceStatus has no such parameter.
    const renamed: EcsStatusQuery = { PageNum: '1' };
    // @ts-expect-error A list is not sent as one parameter.
    const list: EcsStatusQuery = { InstanceId: 'i-1' };
    // @ts-expect-error DescribeInstanceStatus, unlike DescribeInstances, takes no list as JSON.
    const json: EcsStatusQuery = { InstanceIds: '["i-1"]' };
    // @ts-expect-error An answer has no such field.
    const field: keyof EcsFields<EcsStatusPage> = 'Total';

    expect([query, renamed, list, json, field]).toHaveLength(5);
  });

  it('are types only: the bundle of the watch function does not hold their package', async () => {
    const { metafile } = await build({
      entryPoints: [join(__dirname, '../../functions/watch/index.ts')],
      bundle: true,
      platform: 'node',
      external: ['proxy-agent'],
      metafile: true,
      write: false,
    });

    const packages = Object.keys(metafile.inputs);
    expect(packages.filter((path) => path.includes('@alicloud/openapi-util'))).not.toEqual([]);
    expect(packages.filter((path) => path.includes('@alicloud/ecs20140526'))).toEqual([]);
  });
});
