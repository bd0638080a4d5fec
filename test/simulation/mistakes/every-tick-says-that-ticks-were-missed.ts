import type * as real from '../../../shared/core/health.ts';

export const missedSince: typeof real.missedSince = ({ lastAttemptAtMs }) => lastAttemptAtMs;
