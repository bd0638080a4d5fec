import type { Change } from '../../shared/core/model.ts';
import {
  appeared,
  BASELINE,
  HANGZHOU,
  type Json,
  recorder,
  SHANGHAI,
  type TestView,
  testView,
} from './helpers.ts';

const WEB: Change = {
  ...appeared('i-1', 'Running', 'web-1'),
  zoneId: 'cn-hangzhou-h',
  instanceType: 'ecs.g7.large',
  resourceGroupId: 'rg-1',
  privateIps: ['10.0.0.1', '10.0.0.2'],
  publicIps: ['47.1.2.3'],
  tags: { env: 'prod', 'app/role': 'web "front"' },
};

async function discoverable(...others: readonly Change[]): Promise<TestView> {
  const test = testView([HANGZHOU, SHANGHAI]);
  const { record, saveHealth } = recorder(test.journal, HANGZHOU);
  await record([WEB, ...others], BASELINE);
  await saveHealth();
  return test;
}

/** Target → its labels. */
async function targetsOf(test: TestView, address: string): Promise<Json> {
  const groups: readonly Json[] = await test.json(address);
  return Object.fromEntries(groups.map(({ targets, labels }) => [targets.join(), labels]));
}

describe('/sd', () => {
  it('is a JSON list of targets as http_sd_configs takes it, with all that is known as labels', async () => {
    const test = await discoverable();

    const { status, headers, body } = await test.ask('/sd?port=9100');

    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(body)).toEqual([
      {
        targets: ['10.0.0.1:9100'],
        labels: {
          __meta_ecs_instance_id: 'i-1',
          __meta_ecs_instance_name: 'web-1',
          __meta_ecs_status: 'Running',
          __meta_ecs_scope: 'main/cn-hangzhou',
          __meta_ecs_account: 'main',
          __meta_ecs_region: 'cn-hangzhou',
          __meta_ecs_zone: 'cn-hangzhou-h',
          __meta_ecs_instance_type: 'ecs.g7.large',
          __meta_ecs_resource_group: 'rg-1',
          __meta_ecs_private_ip: '10.0.0.1',
          __meta_ecs_public_ip: '47.1.2.3',
          __meta_ecs_tag_env: 'prod',
          __meta_ecs_tag_app_role: 'web "front"',
        },
      },
    ]);
  });

  it.each([
    ['/sd', ['10.0.0.1:80', '[fd00::5]:80']],
    ['/sd?address=private&port=1', ['10.0.0.1:1', '[fd00::5]:1']],
    ['/sd?address=public&port=65535', ['47.1.2.3:65535']],
  ])('has only instances with such an address: %s', async (address, targets) => {
    const test = await discoverable(
      { ...appeared('i-2'), privateIps: ['fd00::5'] },
      { ...appeared('i-3'), privateIps: [], publicIps: [] },
      appeared('i-4'),
    );

    expect(Object.keys(await targetsOf(test, address))).toEqual(targets);
  });

  it.each([
    ['status=stopped', ['10.0.1.2:80']],
    ['name=web*', ['10.0.0.1:80']],
    ['status=!Running', ['10.0.1.2:80']],
    ['tag=env=prod', ['10.0.0.1:80']],
    ['zone=cn-hangzhou-h&region=cn-hangzhou', ['10.0.0.1:80']],
    ['id=i-2,i-404', ['10.0.1.2:80']],
  ])('filters as /instances does: %s', async (filter, targets) => {
    const test = await discoverable({ ...appeared('i-2', 'Stopped'), privateIps: ['10.0.1.2'] });

    expect(Object.keys(await targetsOf(test, `/sd?${filter}`))).toEqual(targets);
  });

  it('is the whole list in one answer', async () => {
    const many = Array.from({ length: 1_500 }, (_, index) => ({
      ...appeared(`i-m${index}`),
      privateIps: [`10.${1 + (index >> 8)}.0.${index & 255}`],
    }));
    const test = await discoverable(...many);

    expect(await test.json('/sd')).toHaveLength(1_501);
  });

  it('names the label of a tag the same for all instances, and no two tags of an answer alike', async () => {
    const tags = { 'a-b': '1', 'a.b': '2', a_b: '3', 'a_b:2': '4', 环境: '5', 部门: '6', '': '7' };
    const test = await discoverable(
      { ...appeared('i-2'), privateIps: ['10.0.0.3'], tags },
      { ...appeared('i-3'), privateIps: ['10.0.0.4'], tags: { 'a.b': '8' } },
    );

    const targets = await targetsOf(test, '/sd?id=i-2,i-3');

    const tagsOf = (target: string) =>
      Object.entries(targets[target]).filter(([label]) => label.startsWith('__meta_ecs_tag_'));
    expect(Object.fromEntries(tagsOf('10.0.0.3:80'))).toEqual({
      __meta_ecs_tag_a_b: '3',
      __meta_ecs_tag_a_b_2: '1',
      __meta_ecs_tag_a_b_3: '2',
      __meta_ecs_tag_a_b_2_2: '4',
      __meta_ecs_tag__u73af_u5883: '5',
      __meta_ecs_tag__u90e8_u95e8: '6',
      __meta_ecs_tag_: '7',
    });
    expect(tagsOf('10.0.0.4:80')).toEqual([['__meta_ecs_tag_a_b_3', '8']]);
  });

  it('has only label names that every version of Prometheus takes', async () => {
    const tags = Object.fromEntries(
      ['__proto__', 'constructor', '\ud83d\ude00', '\u0000', '"', '-', 'é', '1'].map((tag) => [
        `${tag}x`,
        'v',
      ]),
    );
    const test = await discoverable({ ...appeared('i-2'), privateIps: ['10.0.0.3'], tags });

    const labels = Object.keys((await targetsOf(test, '/sd?id=i-2'))['10.0.0.3:80']);

    expect(labels.filter((label) => label.startsWith('__meta_ecs_tag_'))).toHaveLength(8);
    expect(labels.filter((label) => !/^[a-zA-Z_]\w*$/u.test(label))).toEqual([]);
  });

  it('fails while no scope was scanned whole, so that Prometheus keeps its targets', async () => {
    const test = testView([HANGZHOU, SHANGHAI]);
    const { record, saveHealth } = recorder(test.journal, HANGZHOU);
    const first = { kind: 'baseline', instances: 1, last: false } as const;
    await record([{ ...appeared('i-1'), privateIps: ['10.0.0.1'] }], first);
    await saveHealth();

    expect((await test.ask('/sd')).status).toBe(503);

    await record([], { ...first, last: true });
    expect(await test.json('/sd')).toHaveLength(1);
    expect((await test.ask('/sd?region=cn-shanghai')).status).toBe(503);
  });

  it.each([
    ['port=0', 'port is not a whole number from 1 to 65535'],
    ['port=65536', 'port is not a whole number from 1 to 65535'],
    ['port=9100,9101', 'port is not'],
    ['port=1e3', 'port is not'],
    ['address=both', 'address is none of: private, public'],
    ['limit=10', 'unknown parameters: limit'],
    ['region=us-east-1', 'region is not watched: us-east-1'],
    ['status=Runing', 'status is not known: runing'],
  ])('refuses %s', async (parameters, message) => {
    const { status, body } = await (await discoverable()).ask(`/sd?${parameters}`);

    expect(status).toBe(400);
    expect(body).toContain(message);
  });
});
