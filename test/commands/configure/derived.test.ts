import { derivedValues, regionLeft } from '../../../commands/configure/core/derived.ts';

const BOX = { endpoint: 'http://127.0.0.1:7821', instance: 'ecs-watch' };
const ENDPOINT = 'https://history.cn-hangzhou.ots.aliyuncs.com';
const DEPLOYED = {
  DEPLOY_REGION: 'cn-hangzhou',
  TABLESTORE_INSTANCE: 'history',
  TABLESTORE_ENDPOINT: ENDPOINT,
  VIEW_TOKEN: 'of-the-view',
};

describe('what follows from the answers', () => {
  it.each([
    ['stays where the history is when the functions move', { DEPLOY_REGION: 'cn-shanghai' }, {}],
    [
      'is beside the functions for another instance',
      { DEPLOY_REGION: 'cn-shanghai', TABLESTORE_INSTANCE: 'other' },
      { TABLESTORE_ENDPOINT: 'https://other.cn-shanghai.ots.aliyuncs.com' },
    ],
    [
      'is beside the functions where no address is left',
      { DEPLOY_REGION: 'cn-shanghai', TABLESTORE_ENDPOINT: undefined },
      { TABLESTORE_ENDPOINT: 'https://history.cn-shanghai.ots.aliyuncs.com' },
    ],
    [
      'is kept where it was given by hand',
      { TABLESTORE_INSTANCE: 'other', TABLESTORE_ENDPOINT: 'https://proxy.example' },
      {},
    ],
    [
      'is in the cloud when a box has grown',
      { TABLESTORE_ENDPOINT: BOX.endpoint },
      { TABLESTORE_ENDPOINT: ENDPOINT },
    ],
  ])('the address %s', (_what, answers, expected) => {
    const derived = derivedValues(DEPLOYED, { ...DEPLOYED, ...answers }, options(false));

    expect(Object.fromEntries(derived)).toEqual(expected);
  });

  it('is the store of the box for a box, and a token', () => {
    const derived = derivedValues({}, { WATCH_REGIONS: 'cn-hangzhou' }, options(true));

    expect(Object.fromEntries(derived)).toEqual({
      TABLESTORE_ENDPOINT: BOX.endpoint,
      TABLESTORE_INSTANCE: BOX.instance,
      VIEW_TOKEN: 'token',
    });
  });

  it('is a remark where the functions leave the region of the instance', () => {
    const moved = { ...DEPLOYED, DEPLOY_REGION: 'cn-shanghai' };

    expect(regionLeft(DEPLOYED, moved)).toBe('cn-hangzhou');
    expect(regionLeft(moved, moved)).toBeUndefined();
    expect(regionLeft(moved, DEPLOYED)).toBeUndefined();
  });

  function options(isForBox: boolean) {
    return { box: BOX, isForBox, newToken: () => 'token' };
  }
});
