import { allowedRegions, unmatchedPatterns } from '../../shared/core/region-pattern.ts';

const REGIONS = ['ap-southeast-1', 'cn-hangzhou', 'cn-shanghai', 'cn-shanghai-finance-1'];

describe('the regions of an account that are watched', () => {
  it.each<[string, object, readonly string[]]>([
    ['all of them', {}, REGIONS],
    ['those named', { allow: ['cn-hangzhou'] }, ['cn-hangzhou']],
    ['those that begin so', { allow: ['cn-*'] }, REGIONS.slice(1)],
    ['those that end so', { allow: ['*-1'] }, ['ap-southeast-1', 'cn-shanghai-finance-1']],
    ['those with a middle', { allow: ['c*-finance-*'] }, ['cn-shanghai-finance-1']],
    ['all less those denied', { deny: ['cn-*'] }, ['ap-southeast-1']],
    [
      'those allowed less those denied',
      { allow: ['cn-*'], deny: ['*-finance*'] },
      ['cn-hangzhou', 'cn-shanghai'],
    ],
    ['none where the pattern is only a part', { allow: ['hangzhou'] }, []],
    ['none where start and end would overlap', { allow: ['cn-hang*hangzhou'] }, []],
  ])('are %s', (_what, patterns, expected) => {
    expect(allowedRegions(patterns, REGIONS)).toEqual(expected);
  });

  it('are not what a mistyped pattern means, which is named', () => {
    const patterns = { allow: ['cn-*', 'eu-centrl-1'], deny: ['us-*'] };

    expect(unmatchedPatterns(patterns, REGIONS)).toEqual(['eu-centrl-1', 'us-*']);
  });
});
