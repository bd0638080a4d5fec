import * as real from '../../../shared/watch/core/guard.ts';

export const judgeReleases: typeof real.judgeReleases = (releases, ...rest) => {
  const { held } = releases;
  const hastened = held && { ...held, scans: held.scans + 2, countedSinceMs: 0 };
  return real.judgeReleases({ ...releases, held: hastened }, ...rest);
};
