import type * as real from '../../../shared/watch/core/guard.ts';

export const judgeReleases: typeof real.judgeReleases = () => ({ kind: 'believe', notices: [] });
