import {
  accountNumbers,
  bringsEvents,
  type PushedFleet,
  planPush,
  readEvents,
} from '../../../shared/watch/core/push-events.ts';
import { aScope, NOW_MS } from '../../helpers/examples.ts';

const CLOUD_EVENT = {
  id: '2256a988',
  source: 'acs.ecs',
  specversion: '1.0',
  type: 'ecs:Instance:StateChange',
  time: '2026-11-22T10:05:00.000Z',
  aliyunaccountid: '1234567890123456',
  aliyunregionid: 'cn-hangzhou',
  data: { resourceId: 'i-bp1', resourceType: 'ALIYUN::ECS::Instance', state: 'Stopped' },
};
const CLOUD_MONITOR_EVENT = {
  ver: '1.0',
  product: 'ECS',
  name: 'Instance:StateChange',
  userId: '1234567890123456',
  eventTime: '20261122T180500.000+0800',
  regionId: 'cn-hangzhou',
  content: { resourceId: 'i-bp1', resourceType: 'ALIYUN::ECS::Instance', state: 'Stopped' },
};
const MAIN = { account: 'main', regions: ['cn-hangzhou'], filterKey: [] };

function planOf(events: unknown, changes: Partial<PushedFleet> = {}) {
  const accounts = new Map([['1234567890123456', ['main']]]);
  return planPush(readEvents(events), { targets: [MAIN], accounts, nowMs: NOW_MS, ...changes });
}

describe('events of ECS', () => {
  it.each([
    ['EventBridge', CLOUD_EVENT],
    ['CloudMonitor', CLOUD_MONITOR_EVENT],
  ])('name an instance in the shape of %s', (_shape, event) => {
    expect(bringsEvents(event)).toBe(true);
    expect(planOf(event)).toEqual({
      asked: [{ scope: aScope('cn-hangzhou'), instanceIds: ['i-bp1'] }],
      ignored: [],
      refused: [],
    });
  });

  it('are no order of the watch function, and an order is no event', () => {
    expect(bringsEvents({ shard: 1, environment: 'ecs-watch' })).toBe(false);
    expect(bringsEvents(undefined)).toBe(false);
  });

  it('have each instance asked for once, however many they are', () => {
    const other = { ...CLOUD_EVENT, data: { resourceId: 'i-bp2' } };

    const { asked } = planOf([CLOUD_EVENT, CLOUD_MONITOR_EVENT, other, CLOUD_EVENT]);

    expect(asked).toEqual([{ scope: aScope('cn-hangzhou'), instanceIds: ['i-bp1', 'i-bp2'] }]);
  });

  it('of an account that sends its events to another bus are of that account', () => {
    const event = { ...CLOUD_EVENT, aliyunoriginalaccountid: '999' };

    expect(planOf(event).refused).toEqual([
      'an event is of the account 999, which this environment does not watch',
    ]);
  });

  it.each([
    ['another account', { userId: '42' }, /the account 42, which this environment does not watch/u],
    ['no account', { userId: undefined }, /the account that is missing, which is no number/u],
    ['another product', { product: 'RDS' }, /an event of "RDS"/u],
    ['another kind', { name: 'Instance:SystemFailure.Reboot:Executed' }, /SystemFailure/u],
    ['no region', { regionId: ['cn-hangzhou'] }, /the region \["cn-hangzhou"\]/u],
    ['no instance', { content: { instanceId: 'i-bp1' } }, /the instance that is missing/u],
    ['an instance of no shape', { content: { resourceId: 'i bp1' } }, /the instance "i bp1"/u],
    ['no content', { content: null }, /the instance that is missing/u],
  ])('with %s are refused in words', (_what, changes, words) => {
    const { asked, refused } = planOf([{ ...CLOUD_MONITOR_EVENT, ...changes }]);

    expect(asked).toEqual([]);
    expect(refused).toEqual([expect.stringMatching(words)]);
  });

  it.each([[null], ['text'], [7], [[]]])('are not %j, which is refused in words', (value) => {
    expect(planOf([value]).refused).toHaveLength(1);
  });

  it.each([
    ['a stale one', { eventTime: '20261122T173000.000+0800' }, /its event is 35 minutes old/u],
    ['one of another region', { regionId: 'cn-beijing' }, /in cn-beijing is not watched/u],
  ])('change nothing as %s, which is no mistake', (_what, changes, words) => {
    const { asked, ignored, refused } = planOf({ ...CLOUD_MONITOR_EVENT, ...changes });

    expect([asked, refused]).toEqual([[], []]);
    expect(ignored).toEqual([expect.stringMatching(words)]);
  });

  it('without a time are believed to be new', () => {
    expect(planOf({ ...CLOUD_EVENT, time: 'yesterday' }).asked).toHaveLength(1);
  });

  it('of instances that a list of ids does not hold change nothing', () => {
    const targets = [{ ...MAIN, instanceIds: ['i-other'] }];

    expect(planOf(CLOUD_EVENT, { targets })).toMatchObject({
      asked: [],
      ignored: [expect.stringContaining('is not watched')],
    });
  });

  it('where all regions are watched are of those that are not denied', () => {
    const all = { ...MAIN, regions: 'all' as const };
    const scope = { ...aScope('cn-hangzhou'), isDiscovered: true };

    expect(planOf(CLOUD_EVENT, { targets: [all] }).asked).toMatchObject([{ scope }]);
    expect(planOf(CLOUD_EVENT, { targets: [{ ...all, deny: ['cn-*'] }] }).asked).toEqual([]);
  });
});

it('an account is known by the number in its role, and without one by that of the function', () => {
  const shop = { ...MAIN, account: 'shop' };
  const roles = new Map([['shop', { arn: 'acs:ram::42:role/ecs-watch' }]]);

  expect(accountNumbers([MAIN, shop], roles, '7')).toEqual(
    new Map([
      ['7', ['main']],
      ['42', ['shop']],
    ]),
  );
});
